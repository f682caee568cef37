using Memento.Silos.Snapshots;
using Memento.Snapshots;
using Memento.Tests.Conformance;
using Memento.Tests.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Faults;

/// <summary>Snapshots while storages fail, partitions move and silos die.</summary>
public sealed class SnapshotFaultTests
{
    private const int Accounts = 32;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_failed_batch_takes_back_is_in_no_snapshot(bool isClient)
    {
        await using FaultySilo silo = await FaultySilo.StartAsync<SqliteUnderTest>();
        IMemento memento = isClient ? silo.Client : silo.Inside;
        await FillAsync(silo.Inside);
        silo.Faults.Block();
        Task write = silo.Inside.TransactionAsync(static async tx =>
        {
            await tx.WriteAsync(new DiskAccount { Id = 1, Balance = 7 });
            await tx.WriteAsync(new RamAccount { Id = 1, Balance = 7 });
        });
        await silo.Faults.Reached.Within();

        // What it would show is applied, and will be taken back.
        SiloCuts cuts = silo.Services.GetRequiredService<SiloCuts>();
        Task<(long Disk, long Ram)> shown = memento.SnapshotAsync(ReadAsync);
        await Waiting.UntilAsync(() => cuts.Count == 1, "the cut is taken");
        silo.Faults.FailNext(FaultyStorage.DiskFailure);
        silo.Faults.Unblock();

        await Assert.ThrowsAsync<StorageException>(() => write.Within());
        Assert.Equal((100, 100), await shown.Within());
        Assert.Equal((100, 100), await memento.SnapshotAsync(ReadAsync).Within());

        static async Task<(long Disk, long Ram)> ReadAsync(ISnapshot snapshot)
            => ((await snapshot.ReadAsync<DiskAccount>(1))!.Balance,
                (await snapshot.ReadAsync<RamAccount>(1))!.Balance);
    }

    [Fact]
    public async Task A_snapshot_shows_what_is_durable_and_waits_for_what_is_not()
    {
        await using MementoTestCluster cluster = await StartAsync();
        await FillAsync(cluster.SiloMemento);
        TestFault held = cluster.Storage.Hold();
        Task write = cluster.SiloMemento.Table<DiskAccount>()
            .PutAsync(new DiskAccount { Id = 1, Balance = 7 }).AsTask();
        await held.WhenHitAsync().Within();
        bool isDurable = false;
        Task<(long Balance, bool WasDurable)> shown =
            cluster.SiloMemento.SnapshotAsync(async snapshot =>
            {
                bool wasDurable = Volatile.Read(ref isDurable);
                return ((await snapshot.ReadAsync<DiskAccount>(1))!.Balance, wasDurable);
            });
        SiloCuts cuts = cluster.Silos[0].Services.GetRequiredService<SiloCuts>();
        await Waiting.UntilAsync(() => cuts.Count == 1, "the cut is taken");

        // Time enough for a body that would not wait.
        for (int i = 0; i < 100; i++)
            Assert.NotNull(await cluster.Memento.Table<RamAccount>().GetAsync(1).Within());
        Volatile.Write(ref isDurable, true);
        held.Dispose();
        Assert.Equal((7, true), await shown.Within());
        await write.Within();
    }

    [Fact]
    public async Task A_partition_that_moves_stays_as_it_was()
    {
        await using MementoTestCluster cluster = await StartAsync(silos: 3);
        await FillAsync(cluster.Memento);
        foreach (IMemento memento in new[] { cluster.SiloMemento, cluster.Memento })
        {
            await memento.SnapshotAsync(async snapshot =>
            {
                TestSilo from = await cluster.SiloOfAsync<RamAccount>(1);
                TestSilo to = cluster.Silos.First(each => each != from);
                int before = await SumAsync(cluster.Memento);
                await cluster.MovePartitionAsync<RamAccount>(
                    cluster.PartitionOf<RamAccount>(1), to);
                await cluster.MovePartitionAsync<DiskAccount>(
                    cluster.PartitionOf<DiskAccount>(1), to);
                await cluster.Memento.TransactionAsync(async tx =>
                {
                    await tx.WriteAsync(new RamAccount { Id = 1, Balance = before });
                    await tx.WriteAsync(new DiskAccount { Id = 1, Balance = before });
                });

                Assert.Equal(
                    before,
                    (int)(await snapshot.AllAsync<RamAccount>()).Sum(static a => a.Balance)
                        + (int)(await snapshot.AllAsync<DiskAccount>()).Sum(static a => a.Balance));
            }).WaitAsync(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public async Task A_partition_that_nobody_had_open_is_shown_as_it_was()
    {
        await using MementoTestCluster cluster = await StartAsync();
        await FillAsync(cluster.Memento);
        await cluster.RestartSiloAsync();
        await cluster.SiloMemento.SnapshotAsync(async snapshot =>
        {
            await cluster.SiloMemento.Table<DiskAccount>()
                .PutAsync(new DiskAccount { Id = 1, Balance = 7 });
            Assert.Equal(100, (await snapshot.ReadAsync<DiskAccount>(1))!.Balance);
            Assert.Equal(
                Accounts * 100,
                (await snapshot.AllAsync<DiskAccount>()).Sum(static a => a.Balance));
        }).Within();
    }

    [Fact]
    public async Task A_silo_that_dies_ends_the_snapshots_of_which_it_has_a_part()
    {
        await using MementoTestCluster cluster = await StartAsync(silos: 2);
        await FillAsync(cluster.Memento);
        SnapshotEndedException ended = await Assert.ThrowsAsync<SnapshotEndedException>(
            () => cluster.SiloMemento.SnapshotAsync(async snapshot =>
            {
                TestSilo other = cluster.Silos[1];
                await cluster.KillSiloAsync(other);
                await snapshot.AllAsync<RamAccount>();
            }).WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Contains("has ended", ended.Message, StringComparison.Ordinal);

        // Another one is taken as soon as the death is known.
        await cluster.SiloMemento.SnapshotAsync(
            async snapshot => Assert.Equal(Accounts, await snapshot.CountAsync<DiskAccount>()))
            .WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task The_parts_of_a_dead_reader_are_dropped()
    {
        await using MementoTestCluster cluster = await StartAsync(silos: 2);
        await FillAsync(cluster.Memento);
        var taken = new TaskCompletionSource();
        Task reading = cluster.Silos[1].Memento.SnapshotAsync(async _ =>
        {
            taken.SetResult();
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
        });
        await taken.Task.Within();
        SiloCuts left = cluster.Silos[0].Services.GetRequiredService<SiloCuts>();
        Assert.Equal(1, left.Count);

        await cluster.KillSiloAsync(cluster.Silos[1]);
        await Waiting.UntilAsync(() => left.Count == 0, "the part of the dead silo's is dropped");
        Assert.False(reading.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Above_the_limit_of_memory_the_oldest_snapshot_ends()
    {
        await using MementoTestCluster cluster = await StartAsync(
            static options => options.MaxSnapshotBytes = SnapshotLimits.LeastMemory);
        IMemento memento = cluster.SiloMemento;
        ITable<Parcel> table = memento.Table<Parcel>();
        await WriteAsync();
        SnapshotEndedException ended = await Assert.ThrowsAsync<SnapshotEndedException>(
            () => memento.SnapshotAsync(async oldest =>
            {
                await WriteAsync();
                await memento.SnapshotAsync(async newer =>
                {
                    SiloCuts cuts = cluster.Silos[0].Services.GetRequiredService<SiloCuts>();
                    Assert.True(cuts.KeptBytes > SnapshotLimits.LeastMemory);
                    await Waiting.UntilAsync(() => cuts.Count == 1, "the oldest one ends");
                    Assert.Equal(20, await newer.CountAsync<Parcel>());
                });
                await oldest.CountAsync<Parcel>();
            }).Within());
        Assert.Contains("MaxSnapshotBytes", ended.Message, StringComparison.Ordinal);

        async Task WriteAsync()
        {
            for (int i = 0; i < 20; i++)
                await table.PutAsync(new Parcel { Id = i, Content = new string('x', 100_000) });
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Above_the_limit_in_another_silo_the_error_says_so(bool isClient)
    {
        await using MementoTestCluster cluster = await StartAsync(
            static options => options.MaxSnapshotBytes = SnapshotLimits.LeastMemory, silos: 3);
        IMemento memento = isClient ? cluster.Memento : cluster.SiloMemento;
        foreach (TestSilo full in cluster.Silos)
        {
            IReadOnlyList<long> ids =
                await cluster.KeysInAsync<Parcel, long>(full, 20, static i => i);
            SiloCuts cuts = full.Services.GetRequiredService<SiloCuts>();
            await WriteAsync(ids);
            SnapshotEndedException ended = await Assert.ThrowsAsync<SnapshotEndedException>(
                () => memento.SnapshotAsync(async snapshot =>
                {
                    await WriteAsync(ids);
                    await Waiting.UntilAsync(() => cuts.Count == 0, "the part is dropped");
                    await snapshot.ReadAsync<Parcel>(ids[0]);
                }).WaitAsync(TimeSpan.FromMinutes(1)));
            Assert.Contains("MaxSnapshotBytes", ended.Message, StringComparison.Ordinal);
            await Waiting.UntilAsync(
                () => cluster.Silos.All(static each =>
                    each.Services.GetRequiredService<SiloCuts>().Count == 0),
                "no part is left");
        }

        async Task WriteAsync(IReadOnlyList<long> ids)
        {
            foreach (long id in ids)
            {
                await cluster.Memento.Table<Parcel>()
                    .PutAsync(new Parcel { Id = id, Content = new string('x', 100_000) });
            }
        }
    }

    [Fact]
    public async Task A_deleted_table_is_not_there_any_more()
    {
        await using MementoTestCluster cluster = await StartAsync();
        await FillAsync(cluster.Memento);
        await Assert.ThrowsAsync<TableNotFoundException>(
            () => cluster.SiloMemento.SnapshotAsync(async snapshot =>
            {
                await cluster.Memento.Tables.DeleteAsync<RamAccount>();
                await snapshot.ReadAsync<RamAccount>(1);
            }).Within());
    }

    [Fact]
    public async Task Nothing_is_kept_when_no_snapshot_lives()
    {
        await using MementoTestCluster cluster = await StartAsync(silos: 2);
        await FillAsync(cluster.Memento);
        await cluster.Memento.SnapshotAsync(async snapshot =>
        {
            await FillAsync(cluster.Memento, balance: 50);
            Assert.Equal(
                Accounts * 100,
                (await snapshot.AllAsync<RamAccount>()).Sum(static a => a.Balance));
            Assert.All(cluster.Silos, static silo => Assert.NotEmpty(Keeping(silo)));
        }).Within();

        await Waiting.UntilAsync(
            () => cluster.Silos.All(static silo => Keeping(silo).Length == 0),
            "everything that was kept is dropped");

        static IKeepsImages[] Keeping(TestSilo silo)
            => silo.Services.GetRequiredService<Cuts>().Keeping;
    }

    private static Task<MementoTestCluster> StartAsync(
        Action<MementoOptions>? options = null, int silos = 1)
        => MementoTestCluster.StartAsync(
            builder => builder.AddTable<RamAccount>().AddTable<DiskAccount>().AddTable<Parcel>(),
            silos,
            silo => silo.Services.Configure(options ?? (static _ => { })));

    private static Task<MementoTestCluster> StartAsync(int silos) => StartAsync(null, silos);

    private static Task FillAsync(IMemento memento, int balance = 100)
        => memento.TransactionAsync(async tx =>
        {
            for (int i = 0; i < Accounts; i++)
            {
                await tx.WriteAsync(new RamAccount { Id = i, Balance = balance });
                await tx.WriteAsync(new DiskAccount { Id = i, Balance = balance });
            }
        }).WaitAsync(TimeSpan.FromMinutes(1));

    private static Task<int> SumAsync(IMemento memento)
        => memento.TransactionAsync(async tx =>
            (int)(await tx.AllAsync<RamAccount>()).Sum(static a => a.Balance)
            + (int)(await tx.AllAsync<DiskAccount>()).Sum(static a => a.Balance));
}
