using System.Diagnostics;

namespace Memento.Tests.Consistency;

/// <summary>
/// Random transactions that append to few lists and read them. Records what their callers saw.
/// </summary>
/// <param name="store">Where the lists are.</param>
/// <param name="seed">The seed of what the transactions do.</param>
internal sealed class ListWorkload(IListStore store, int seed)
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
    public async Task RunAsync(IMemento memento, int workers, int transactions)
    {
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(HashCode.Combine(seed, worker));
            for (int i = 0; i < transactions; i++)
                await RunOneAsync(memento, random);
        })));
        await ReadAllAsync(memento);
    }

    /// <summary>Runs the transactions of one worker until it is ended.</summary>
    public async Task WorkAsync(IMemento memento, int worker, CancellationToken ending)
    {
        var random = new Random(HashCode.Combine(seed, worker));
        while (!ending.IsCancellationRequested)
            await RunOneAsync(memento, random);
    }

    /// <summary>Reads all lists, as the last transaction of a history.</summary>
    public Task ReadAllAsync(IMemento memento)
        => RunOneAsync(
            memento,
            [.. Enumerable.Range(0, Lists).Select(static key => (key, false))],
            aborts: false);

    private Task RunOneAsync(IMemento memento, Random random)
        => RunOneAsync(memento, Plan(random), aborts: random.Next(100) < PercentAborted);

    private static List<(int Key, bool Appends)> Plan(Random random)
        => [.. Enumerable.Range(0, 1 + random.Next(MostOperations))
            .Select(_ => (random.Next(Lists), random.Next(2) == 0))];

    private async Task RunOneAsync(
        IMemento memento, List<(int Key, bool Appends)> plan, bool aborts)
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
        catch (TransactionInDoubtException)
        {
            outcome = ListOutcome.Unknown;
        }
        catch (MementoException)
        {
            // Nothing of it is kept: the check holds the error to that.
            outcome = ListOutcome.Aborted;
        }

        Record(start, outcome, operations);
    }

    private async Task<ListOperation> RunOperationAsync(ITransaction tx, int key, bool appends)
    {
        int[] values = await store.ReadAsync(tx, key);
        if (!appends) return ListOperation.Read(key, [.. values]);

        int value = Interlocked.Increment(ref _lastValue);
        await store.WriteAsync(tx, key, [.. values, value]);
        return ListOperation.Append(key, value);
    }

    private void Record(long start, ListOutcome outcome, List<ListOperation> operations)
    {
        long end = Stopwatch.GetTimestamp();
        lock (_gate)
            _history.Add(new ListTransaction(++_lastId, start, end, outcome, operations));
    }
}
