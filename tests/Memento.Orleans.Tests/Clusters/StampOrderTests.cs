using Memento.Messages;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Consistency;
using Memento.Tests.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Clusters;

/// <summary>
/// The stamps of commits in silos whose clocks differ: a commit that depends on another one, or
/// began after its process was told of it, has the higher stamp.
/// </summary>
public sealed class StampOrderTests
{
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(5);

    /// <summary>The skews of the silos: one from which bodies run, a fast and a slow one.</summary>
    private static readonly TimeSpan[] Skews = [TimeSpan.Zero, Ahead, -Ahead];

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_commit_has_a_higher_stamp_than_one_that_its_process_was_told_of(
        bool isClient, bool isOnDisk)
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(isOnDisk ? place : null);
        (int fast, int slow) = await KeysAsync(cluster);
        IMemento memento = isClient
            ? (await cluster.ConnectAsync()).Memento
            : cluster.Silos[0].Memento;

        long before = await cluster.Silos[2].Memento.StampOfAsync(tx => Write(tx, slow));
        long first = await memento.StampOfAsync(tx => Write(tx, fast));
        long second = await memento.StampOfAsync(tx => Write(tx, slow));

        Assert.InRange(first - before, Ahead.Ticks, long.MaxValue);
        Assert.True(second > first, $"{second} came after {first}.");
        Assert.Equal(0, await memento.StampOfAsync(tx => tx.ReadAsync<Mark>(slow).AsTask()));
        Assert.Equal(0, await memento.StampOfAsync(
            tx => Task.WhenAll(
                tx.ReadAsync<Mark>(slow).AsTask(), tx.ReadAsync<Mark>(fast).AsTask())));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_commit_over_silos_has_one_stamp_between_those_before_and_after_it(
        bool isClient, bool isOnDisk)
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(isOnDisk ? place : null);
        (int fast, int slow) = await KeysAsync(cluster);
        IMemento memento = isClient
            ? (await cluster.ConnectAsync()).Memento
            : cluster.Silos[0].Memento;

        // The silo of the first one coordinates.
        foreach (int[] keys in new int[][] { [slow, fast], [fast, slow] })
        {
            long before = await cluster.Silos[1].Memento.StampOfAsync(tx => Write(tx, fast));
            long over = await memento.StampOfAsync(async tx =>
            {
                await Write(tx, keys[0]);
                await Write(tx, keys[1]);
            });
            long after = await cluster.Silos[2].Memento.StampOfAsync(tx => Write(tx, slow));

            Assert.True(over > before, $"{over} came after {before}.");
            Assert.True(after > over, $"{after} came after {over}.");
        }
    }

    /// <summary>
    /// Nothing changes in the slow silo, which releases the record with the seal. A snapshot with
    /// the later write and without the earlier one would be of no serial order.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_that_overwrites_what_one_has_only_read_has_a_higher_stamp(
        bool isClient)
    {
        await using SiloCluster cluster = await StartAsync(place: null);
        (int fast, int slow) = await KeysAsync(cluster);
        IMemento memento = isClient
            ? (await cluster.ConnectAsync()).Memento
            : cluster.Silos[0].Memento;

        // The silo of the first one coordinates.
        foreach (bool readsFirst in new[] { true, false })
        {
            await cluster.Silos[1].Memento.StampOfAsync(tx => Write(tx, fast));
            long earlier = await memento.StampOfAsync(async tx =>
            {
                if (readsFirst) await tx.ReadAsync<Mark>(slow);
                await Write(tx, fast);
                if (!readsFirst) await tx.ReadAsync<Mark>(slow);
            });
            long later = await cluster.Silos[2].Memento.StampOfAsync(tx => Write(tx, slow));

            Assert.True(later > earlier, $"{later} came after {earlier}.");
        }
    }

    /// <summary>A read that needs no commit comes between the two.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_that_overwrites_a_later_read_of_its_process_has_a_higher_stamp(
        bool isClient)
    {
        await using SiloCluster cluster = await StartAsync(place: null);
        (int fast, int slow) = await KeysAsync(cluster);
        IMemento memento = isClient
            ? (await cluster.ConnectAsync()).Memento
            : cluster.Silos[0].Memento;

        long earlier = await memento.StampOfAsync(tx => Write(tx, fast));
        await memento.Table<Mark>().GetAsync(slow).Within();
        long later = await cluster.Silos[2].Memento.StampOfAsync(tx => Write(tx, slow));

        Assert.True(later > earlier, $"{later} came after {earlier}.");
    }

    /// <summary>An abort tells what its body has read, as a commit does.</summary>
    [Fact]
    public async Task A_commit_that_overwrites_what_an_aborted_body_has_read_has_a_higher_stamp()
    {
        await using SiloCluster cluster = await StartAsync(place: null);
        (int fast, int slow) = await KeysAsync(cluster);
        long seen = await cluster.Silos[1].Memento.StampOfAsync(tx => Write(tx, fast));

        await cluster.Silos[0].Memento.TryTransactionAsync(async tx =>
        {
            await tx.ReadAsync<Mark>(slow);
            await tx.ReadAsync<Mark>(fast);
            tx.Abort();
        }).Within();
        long later = await cluster.Silos[2].Memento.StampOfAsync(tx => Write(tx, slow));

        Assert.True(later > seen, $"{later} came after {seen}.");
    }

    /// <summary>Only the grain's silo has heard of what it has read, or has failed at.</summary>
    [Fact]
    public async Task What_a_grain_of_the_transaction_has_read_comes_before_its_commit()
    {
        await using SiloCluster cluster = await StartAsync(place: null);
        (int fast, int slow) = await KeysAsync(cluster);
        long read = await cluster.Silos[1].Memento.StampOfAsync(tx => Write(tx, fast));
        IMemento memento = cluster.Silos[0].Memento;

        long after = await memento.StampOfAsync(async tx =>
        {
            await Write(tx, slow);
            Assert.NotNull(await memento.GetRecord<Mark>(fast).ReadAsync());
        });

        Assert.True(after > read, $"{after} came after {read}.");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task The_next_owner_of_a_partition_gives_higher_stamps(
        bool stops, bool isOnDisk)
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(isOnDisk ? place : null);
        (int fast, _) = await KeysAsync(cluster);
        long before = await cluster.Silos[1].Memento.StampOfAsync(tx => Write(tx, fast));

        if (stops)
            await cluster.StopAsync(cluster.Silos[1]);
        else
            await cluster.MoveAsync<Mark>(fast, cluster.Silos[2]);
        TestSilo owner = await cluster.SiloOfAsync<Mark>(fast);
        long after = await owner.Memento.StampOfAsync(tx => Write(tx, fast));

        Assert.True(after > before, $"{after} came after {before}.");
    }

    /// <summary>
    /// Its first stamp was given before the snapshot, which is taken between its seals.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_that_a_snapshot_does_not_have_gets_a_stamp_above_it(
        bool onlyReadsThere)
    {
        var filter = new SealFilter();
        await using SiloCluster cluster = await StartAsync(place: null, filter);
        (int fast, int slow) = await KeysAsync(cluster);
        int own = (await cluster.KeysInAsync<Mark, int>(
            cluster.Silos[0], 1, static id => id))[0];
        IMemento memento = cluster.Silos[0].Memento;
        await cluster.Silos[1].Memento.StampOfAsync(tx => Write(tx, fast));
        long taken = 0;
        Mark? shown = null;
        filter.OnSeal = () => cluster.Silos[1].Memento.SnapshotAsync(async snapshot =>
        {
            taken = snapshot.Stamp;
            shown = await snapshot.ReadAsync<Mark>(own);
        });

        // The silos prepare for more of them, and need not wait for what commits now.
        await memento.SnapshotAsync(static _ => Task.CompletedTask).Within();
        long stamp = await memento.StampOfAsync(async tx =>
        {
            await Write(tx, own);
            await (onlyReadsThere
                ? (Task)tx.ReadAsync<Mark>(slow).AsTask()
                : Write(tx, slow));
        });
        long later = await cluster.Silos[2].Memento.StampOfAsync(tx => Write(tx, slow));

        Assert.True(taken > 0, "No snapshot was taken.");
        Assert.Null(shown);
        Assert.True(stamp > taken, $"{stamp} came after {taken}.");
        Assert.True(later > stamp, $"{later} came after {stamp}.");
    }

    /// <summary>
    /// Between two commits may be transactions that have only read: they carry the order on. A
    /// snapshot has the commits up to its stamp, and no other.
    /// </summary>
    [Fact]
    public async Task The_order_of_stamps_is_the_order_of_a_history_and_of_its_snapshots()
    {
        const int workers = 3;
        const int transactions = 40;
        int seed = Settings.RunSeed;
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(place);
        IMemento[] processes =
        [
            .. cluster.Silos.Select(static silo => silo.Memento),
            (await cluster.ConnectAsync()).Memento,
        ];
        var workload = new ListWorkload(new ChainStore(), seed);
        using var ending = new CancellationTokenSource();

        Task<List<Shown>>[] watching =
            [.. processes.Select(memento => Task.Run(() => WatchAsync(memento, ending.Token)))];
        await Task.WhenAll(processes.Select((memento, process) => workload.RunAsync(
            memento, workers, transactions, process))).WaitAsync(FaultyStore.LongestRun);
        await ending.CancelAsync();
        Shown[] snapshots =
            [.. (await Task.WhenAll(watching).Within()).SelectMany(static all => all)];

        Assert.True(
            workload.History.Count(static each => each.Stamp > 0) > transactions,
            $"Too little was committed; seed {seed}.");
        Assert.True(snapshots.Length > 10, $"{snapshots.Length} snapshots; seed {seed}.");
        string? wrong = HistoryChecker.Check(workload.History)
            ?? StampChecker.Check(workload.History)
            ?? Array.ConvertAll(snapshots, each => each.Compare(workload.History))
                .FirstOrDefault(static each => each is not null);
        Assert.True(wrong is null, $"seed {seed}: {wrong}");
    }

    private static async Task<List<Shown>> WatchAsync(IMemento memento, CancellationToken ending)
    {
        List<Shown> all = [];
        while (!ending.IsCancellationRequested)
        {
            await memento.SnapshotAsync(
                async snapshot =>
                {
                    List<(int Key, int Value)> values = [];
                    foreach (RamChain chain in await snapshot.AllAsync<RamChain>())
                        values.AddRange(chain.Values.Select(value => (chain.Id, value)));
                    foreach (DiskChain chain in await snapshot.AllAsync<DiskChain>())
                        values.AddRange(chain.Values.Select(value => (chain.Id, value)));
                    all.Add(new Shown(snapshot.Stamp, [.. values]));
                },
                cancellationToken: CancellationToken.None);
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }

        return all;
    }

    private static Task<SiloCluster> StartAsync(
        StorageUnderTest? place, IIncomingGrainCallFilter? filter = null)
    {
        int started = 0;
        return SiloCluster.StartAsync(
            3,
            memento =>
            {
                memento.AddTable<Mark>(table => table.Storage =
                    place is null ? TableStorage.Ram : TableStorage.Disk);
                if (place is not null) memento.AddTable<RamChain>().AddTable<DiskChain>();
            },
            place,
            silo =>
            {
                silo.Services.AddSingleton<TimeProvider>(new SkewedTime(Skews[started++]));
                if (filter is not null) silo.Services.AddSingleton(filter);
            });
    }

    /// <summary>A key in the fast silo, and one in the slow silo.</summary>
    private static async Task<(int Fast, int Slow)> KeysAsync(SiloCluster cluster)
        => ((await cluster.KeysInAsync<Mark, int>(cluster.Silos[1], 1, static id => id))[0],
            (await cluster.KeysInAsync<Mark, int>(cluster.Silos[2], 1, static id => id))[0]);

    private static Task<Mark> Write(ITransaction tx, int id)
        => tx.WriteAsync(new Mark { Id = id, Text = "written" }).AsTask();

    /// <summary>What a snapshot has shown.</summary>
    private sealed record Shown(long Stamp, HashSet<(int Key, int Value)> Values)
    {
        /// <summary>What it should not have, or should have; null: nothing.</summary>
        public string? Compare(IReadOnlyList<ListTransaction> history)
            => history.Where(static each => each.Stamp > 0)
                .SelectMany(static each => each.Operations, static (by, what) => (by, what))
                .Where(each => each.what.Appended is { } value
                    && Values.Contains((each.what.Key, value)) != (each.by.Stamp <= Stamp))
                .Select(each => $"A snapshot of {Stamp} and {each.by}, of {each.by.Stamp}, which "
                    + $"{each.what}, do not agree")
                .FirstOrDefault();
    }

    /// <summary>Does something before the first seal is carried out.</summary>
    private sealed class SealFilter : IIncomingGrainCallFilter
    {
        private int _isDone;

        public Func<Task> OnSeal { get; set; } = static () => Task.CompletedTask;

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.InterfaceMethod.Name == nameof(ISiloMember.SealAsync)
                && Interlocked.Exchange(ref _isDone, 1) == 0)
            {
                await OnSeal();
            }

            await context.Invoke();
        }
    }
}
