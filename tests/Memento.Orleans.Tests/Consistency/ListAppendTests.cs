using Memento.Storage;
using Memento.Tests.Compliance;
using Memento.Tests.Faults;

namespace Memento.Tests.Consistency;

/// <summary>
/// Histories of concurrent transactions and snapshots are strictly serializable.
/// </summary>
public abstract class ListAppendTests<TStorage>
    where TStorage : StorageUnderTest, new()
{
    private const int Workers = 12;
    private const int Transactions = 120;
    private const int BatchesPerFault = 12;

    [Fact]
    public async Task Concurrent_appends_and_reads_have_a_serial_order_in_real_time()
    {
        int seed = Settings.RunSeed;
        await using var store = await StartAsync();
        var workload = new ListWorkload(new ChainStore(), seed);
        await workload.RunAsync(store.Memento, Workers, Transactions)
            .WaitAsync(FaultyStore.LongestRun);
        Check(workload, seed);
        Assert.True(workload.Snapshots.Ended == 0, $"{workload.Snapshots}; seed {seed}.");
        store.CheckIdle();
    }

    [Fact]
    public async Task They_have_one_while_the_storage_fails_too()
    {
        int seed = Settings.RunSeed;
        var random = new Random(seed);
        await using var store = await StartAsync();
        store.Faults.Plan = (_, _) => random.Next(BatchesPerFault) == 0
            ? new Fault(FaultyStorage.DiskFailure)
            : null;
        var workload = new ListWorkload(new ChainStore(), seed);
        await workload.RunAsync(store.Memento, Workers, Transactions)
            .WaitAsync(FaultyStore.LongestRun);
        Assert.True(store.Faults.Failures > 0, $"Nothing failed; seed {seed}.");
        Check(workload, seed);
        store.CheckIdle();
    }

    [Fact]
    public async Task They_have_one_while_batches_are_left_in_doubt_and_partitions_reload()
    {
        int seed = Settings.RunSeed;
        var random = new Random(seed);
        await using var store = await StartAsync();
        store.Faults.Plan = (_, batch) => random.Next(BatchesPerFault) switch
        {
            0 => new Fault(
                new BatchInDoubtException("Perhaps.", FaultyStorage.DiskFailure),
                IsWritten: random.Next(2) == 0),
            1 => new Fault(new FencedException(
                batch.Entries[0].Epochs[0].Table, batch.Entries[0].Epochs[0].Partition)),
            _ => null,
        };
        var workload = new ListWorkload(new ChainStore(), seed);
        await workload.RunAsync(store.Memento, Workers, Transactions)
            .WaitAsync(FaultyStore.LongestRun);
        Assert.True(store.Faults.Failures > 0, $"Nothing failed; seed {seed}.");
        Check(workload, seed);
        store.CheckIdle();
    }

    private static Task<FaultyStore> StartAsync()
        => FaultyStore.StartAsync<TStorage>(
            static memento => memento.AddTable<RamChain>().AddTable<DiskChain>());

    private static void Check(ListWorkload workload, int seed)
    {
        Assert.True(
            workload.History.Count(each => each.Outcome == ListOutcome.Committed) > Transactions,
            $"Too little was committed; seed {seed}.");
        Assert.True(
            workload.Snapshots.Whole > Transactions / 2,
            $"Too few snapshots: {workload.Snapshots}; seed {seed}.");
        string? wrong = HistoryChecker.Check(workload.History);
        Assert.True(wrong is null, $"seed {seed}: {wrong}");
    }
}
