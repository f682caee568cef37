using System.Diagnostics;
using Memento.Participants;
using Memento.Tests.Conformance;

namespace Memento.Tests.Consistency;

/// <summary>
/// Random transactions that append to few lists and read them, and snapshots that read them.
/// Records what their callers saw.
/// </summary>
/// <param name="store">Where the lists are.</param>
/// <param name="seed">The seed of what the transactions do.</param>
internal sealed class ListWorkload(IListStore store, int seed)
{
    private const int Lists = 6;
    private const int MostOperations = 4;
    private const int PercentAborted = 5;
    private const int PercentSnapshots = 15;

    private readonly Lock _gate = new();
    private readonly List<ListTransaction> _history = [];
    private int _lastId;
    private int _lastValue;
    private int _committed;

    public IReadOnlyList<ListTransaction> History => _history;

    /// <summary>How many transactions and snapshots are committed by now.</summary>
    public int Committed => Volatile.Read(ref _committed);

    /// <summary>The snapshots among the transactions.</summary>
    public SnapshotRuns Snapshots { get; } = new();

    /// <summary>
    /// Runs so many transactions in each of so many workers, and reads all lists at last.
    /// </summary>
    /// <param name="memento">The store, in the process of the workers.</param>
    /// <param name="workers">How many workers.</param>
    /// <param name="transactions">How many transactions each of them runs.</param>
    /// <param name="process">The number of the process.</param>
    public Task RunAsync(IMemento memento, int workers, int transactions, int process = 0)
        => RunAsync([memento], workers, transactions, process);

    /// <summary>The same, by several ways to the store, which the workers take in turn.</summary>
    public async Task RunAsync(
        IReadOnlyList<IMemento> stores, int workers, int transactions, int process = 0)
    {
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(HashCode.Combine(seed, process, worker));
            for (int i = 0; i < transactions; i++)
                await RunOneAsync(stores[worker % stores.Count], random, process);
        })));
        await ReadAllAsync(stores[0]);
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

    private Task RunOneAsync(IMemento memento, Random random, int process = 0)
        => store.HasSnapshots && random.Next(100) < PercentSnapshots
            ? LookAsync(memento, random, process)
            : RunOneAsync(memento, Plan(random), random.Next(100) < PercentAborted, process);

    /// <summary>
    /// Reads some lists by a snapshot, and the first of them again. What it has read before it ends
    /// with an error is true as well.
    /// </summary>
    private async Task LookAsync(IMemento memento, Random random, int process)
    {
        int[] keys = [.. Enumerable.Range(0, Lists)];
        random.Shuffle(keys);
        int count = 1 + random.Next(Lists);
        List<ListOperation> operations = [];
        long start = Stopwatch.GetTimestamp();
        await Snapshots.TryAsync(memento, async snapshot =>
        {
            foreach (int key in keys.Take(count).Append(keys[0]))
            {
                operations.Add(ListOperation.Read(key, await store.ReadAsync(snapshot, key)));
                await Task.Yield();
            }
        });
        if (operations.Count > 0) Record(start, ListOutcome.Committed, operations, process);
    }

    private List<(int Key, bool Appends)> Plan(Random random)
    {
        (int Key, bool Appends)[] plan =
        [
            .. Enumerable.Range(0, 1 + random.Next(MostOperations))
                .Select(_ => (random.Next(Lists), random.Next(2) == 0)),
        ];
        return store.IsInOrder
            ? [.. plan.OrderBy(static each => each.Key).ThenBy(static each => !each.Appends)]
            : [.. plan];
    }

    private async Task RunOneAsync(
        IMemento memento, List<(int Key, bool Appends)> plan, bool aborts, int process = 0)
    {
        List<ListOperation> operations = [];
        TransactionState? state = null;
        long start = Stopwatch.GetTimestamp();
        string? reason = null;
        ListOutcome outcome;
        try
        {
            TransactionResult result = await memento.TryTransactionAsync(async tx =>
            {
                // Another run of the body appends other values: the values of this run must never
                // be seen.
                if (operations.Count > 0)
                {
                    reason = $"its body ran again: {ReasonOf(state)}";
                    End(ListOutcome.Aborted);
                }

                reason = null;
                operations = [];
                state = CommitStamps.StateOf(tx);
                foreach ((int key, bool appends) in plan)
                    operations.Add(await RunOperationAsync(tx, key, appends));
                if (aborts) tx.Abort();
            }, store.Options);
            outcome = result.Ok ? ListOutcome.Committed : ListOutcome.Aborted;
            if (!result.Ok) reason = "by its body";
        }
        catch (TransactionInDoubtException doubt)
        {
            outcome = ListOutcome.Unknown;
            reason = doubt.ToString();
        }
        catch (Exception exception) when (store.MayFailWith(exception))
        {
            // Nothing of it is kept: the check holds the error to that.
            outcome = ListOutcome.Aborted;
            reason = exception.ToString();
        }

        End(outcome);

        void End(ListOutcome ended)
            => Record(
                start,
                ended,
                operations,
                process,
                state is null ? 0 : CommitStamps.StampOf(state),
                reason);
    }

    /// <summary>Why a run of a body was not committed, as far as its state tells.</summary>
    private static string ReasonOf(TransactionState? state)
        => (state?.Result?.Error ?? state?.Doom)?.ToString()
            ?? "by an error of the body, or of Orleans";

    private void Record(
        long start,
        ListOutcome outcome,
        List<ListOperation> operations,
        int process,
        long stamp = 0,
        string? reason = null)
    {
        long end = Stopwatch.GetTimestamp();
        if (outcome == ListOutcome.Committed) Interlocked.Increment(ref _committed);
        lock (_gate)
        {
            _history.Add(new ListTransaction(++_lastId, start, end, outcome, operations)
            {
                Process = process,
                Stamp = stamp,
                Reason = reason,
            });
        }
    }

    private async Task<ListOperation> RunOperationAsync(ITransaction tx, int key, bool appends)
    {
        if (!appends) return ListOperation.Read(key, [.. await store.ReadAsync(tx, key)]);

        int value = Interlocked.Increment(ref _lastValue);
        await store.AppendAsync(tx, key, value);
        return ListOperation.Append(key, value);
    }
}
