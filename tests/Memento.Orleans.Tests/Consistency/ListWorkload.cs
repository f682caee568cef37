using System.Diagnostics;

namespace Memento.Tests.Consistency;

/// <summary>
/// Random transactions that append to few lists and read them, even lists in ram and odd ones on
/// disk. Records what their callers saw.
/// </summary>
internal sealed class ListWorkload(IMemento memento, int seed)
{
    private const int Lists = 6;
    private const int MostOperations = 4;
    private const int PercentAborted = 5;

    private readonly Lock _gate = new();
    private readonly List<ListTransaction> _history = [];
    private int _lastId;
    private int _lastValue;

    public IReadOnlyList<ListTransaction> History => _history;

    /// <summary>
    /// Runs so many transactions in each of so many workers, and reads all lists at last.
    /// </summary>
    public async Task RunAsync(int workers, int transactions)
    {
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(HashCode.Combine(seed, worker));
            for (int i = 0; i < transactions; i++)
                await RunOneAsync(Plan(random), aborts: random.Next(100) < PercentAborted);
        })));
        await RunOneAsync(
            [.. Enumerable.Range(0, Lists).Select(key => (key, false))], aborts: false);
    }

    private static List<(int Key, bool Appends)> Plan(Random random)
        => [.. Enumerable.Range(0, 1 + random.Next(MostOperations))
            .Select(_ => (random.Next(Lists), random.Next(2) == 0))];

    private async Task RunOneAsync(List<(int Key, bool Appends)> plan, bool aborts)
    {
        List<ListOperation> operations = [];
        long start = Stopwatch.GetTimestamp();
        ListOutcome outcome;
        try
        {
            TransactionResult result = await memento.TryTransactionAsync(async tx =>
            {
                // Another run of the body appends other values: the values of this run must never
                // be seen.
                if (operations.Count > 0) Record(start, ListOutcome.Aborted, operations);
                operations = [];
                foreach ((int key, bool appends) in plan)
                    operations.Add(await RunOperationAsync(tx, key, appends));
                if (aborts) tx.Abort();
            });
            outcome = result.Ok ? ListOutcome.Committed : ListOutcome.Aborted;
        }
        catch (StorageException)
        {
            outcome = ListOutcome.Aborted;
        }
        catch (TransactionInDoubtException)
        {
            outcome = ListOutcome.Unknown;
        }

        Record(start, outcome, operations);
    }

    private async Task<ListOperation> RunOperationAsync(ITransaction tx, int key, bool appends)
    {
        bool isRam = key % 2 == 0;
        int[] values = isRam
            ? (await tx.ReadAsync<RamChain>(key))?.Values ?? []
            : (await tx.ReadAsync<DiskChain>(key))?.Values ?? [];
        if (!appends) return ListOperation.Read(key, [.. values]);

        int value = Interlocked.Increment(ref _lastValue);
        int[] longer = [.. values, value];
        if (isRam)
            await tx.WriteAsync(new RamChain { Id = key, Values = longer });
        else
            await tx.WriteAsync(new DiskChain { Id = key, Values = longer });
        return ListOperation.Append(key, value);
    }

    private void Record(long start, ListOutcome outcome, List<ListOperation> operations)
    {
        long end = Stopwatch.GetTimestamp();
        lock (_gate)
            _history.Add(new ListTransaction(++_lastId, start, end, outcome, operations));
    }
}
