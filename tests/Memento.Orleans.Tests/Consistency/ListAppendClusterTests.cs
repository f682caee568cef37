using Memento.Storage;
using Memento.Tests.Clusters;
using Memento.Tests.Compliance;
using Memento.Tests.Faults;

namespace Memento.Tests.Consistency;

/// <summary>
/// Histories of transactions and snapshots over three silos, from each of them and from a client,
/// are strictly serializable.
/// </summary>
public sealed class ListAppendClusterTests
{
    private const int Workers = 12;
    private const int Transactions = 60;
    private const int BatchesPerFault = 12;

    [Fact]
    public async Task Histories_over_three_silos_have_a_serial_order_in_real_time()
    {
        await using var place = new MemoryUnderTest();
        SnapshotRuns snapshots = await RunAsync(place, moves: false);
        Assert.True(snapshots.Ended == 0, $"{snapshots}");
    }

    [Fact]
    public async Task They_have_one_while_partitions_move()
    {
        await using var place = new MemoryUnderTest();
        await RunAsync(place, moves: true);
    }

    [Fact]
    public async Task They_have_one_while_batches_fail()
    {
        var random = new Random(Settings.RunSeed);
        int failures = 0;
        await using var place = new FailingPlace(() =>
        {
            lock (random)
            {
                if (random.Next(BatchesPerFault) != 0) return null;
                failures++;
                return new Fault(FaultyStorage.DiskFailure);
            }
        });
        await RunAsync(place, moves: false);
        Assert.True(failures > 0, "Nothing failed.");
    }

    private static async Task<SnapshotRuns> RunAsync(StorageUnderTest place, bool moves)
    {
        int seed = Settings.RunSeed;
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            3, static memento => memento.AddTable<RamChain>().AddTable<DiskChain>(), place);
        IMemento[] stores =
        [
            .. cluster.Silos.Select(static silo => silo.Memento),
            (await cluster.ConnectAsync()).Memento,
        ];
        var workload = new ListWorkload(new ChainStore(), seed);
        using var ending = new CancellationTokenSource();
        Task moving = moves
            ? MoveAsync(cluster, new Random(seed), ending.Token)
            : Task.CompletedTask;
        await workload.RunAsync(stores, Workers, Transactions).WaitAsync(FaultyStore.LongestRun);
        await ending.CancelAsync();
        await moving;

        string? wrong = HistoryChecker.Check(workload.History);
        Assert.True(wrong is null, $"seed {seed}: {wrong}");
        Assert.True(
            workload.History.Count(static each => each.Outcome == ListOutcome.Committed)
                > Workers * Transactions / 2,
            $"Too little was committed; seed {seed}.");
        Assert.True(
            workload.Snapshots.Whole > Transactions / 2,
            $"Too few snapshots: {workload.Snapshots}; seed {seed}.");
        await cluster.UntilIdleAsync();
        return workload.Snapshots;
    }

    private static async Task MoveAsync(
        SiloCluster cluster, Random random, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            TestSilo to = cluster.Silos[random.Next(cluster.Silos.Count)];
            if (random.Next(2) == 0)
                await cluster.MoveAsync<RamChain>(2 * random.Next(3), to);
            else
                await cluster.MoveAsync<DiskChain>((2 * random.Next(3)) + 1, to);
        }
    }

    /// <summary>A place that all silos share, and that refuses batches.</summary>
    private sealed class FailingPlace(Func<Fault?> next) : MemoryUnderTest
    {
        public override IJournalStorage Create()
            => new FaultyStorage(base.Create()) { IsShared = true, Plan = (_, _) => next() };
    }
}
