using Memento.Partitions;
using Memento.Silos.Leases;
using Memento.Storage;
using Memento.Tables;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Memento.Tests.GrainStorages;
using Memento.Tests.PostgreSql;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Clusters;

/// <summary>
/// Silos that cannot renew their leases, and two owners of one partition on purpose.
/// </summary>
public abstract class LeaseSuite<TStorage>
    where TStorage : StorageUnderTest, new()
{
    private const int Id = 1;

    private static readonly TransactionOptions Short = new()
    {
        Timeout = TimeSpan.FromMilliseconds(500),
        MaxAttempts = 1,
    };

    private readonly TStorage _place = new();

    private enum Kind
    {
        Ram,
        Disk,
    }

    [Fact]
    public async Task Operations_of_a_silo_that_cannot_renew_wait_and_then_go_on()
    {
        await using SiloCluster cluster = await StartAsync(1);
        TestSilo silo = cluster.Silos[0];
        await WriteAsync(silo, 1);
        TaskCompletionSource cut = CutOff(silo);
        await UntilEndedAsync(silo);

        // The first ones find that it has ended, and those after them wait.
        foreach (Kind kind in Enum.GetValues<Kind>())
            await FailsAsync(silo, kind);
        Task<long?> reading = ReadAsync(silo, Kind.Ram);
        Task<long?> readingDisk = ReadAsync(silo, Kind.Disk);
        await Assert.ThrowsAsync<TransactionTimeoutException>(
            () => ReadAsync(silo, Kind.Ram, Short).Within());
        Assert.False(reading.IsCompleted || readingDisk.IsCompleted);

        GoOn(silo, cut);
        Assert.Equal(1, await reading.Within());
        Assert.Equal(1, await readingDisk.Within());
        await cluster.UntilIdleAsync();
    }

    /// <summary>
    /// The other silo belongs to a cluster of its own, so that nobody asks the old owner to give
    /// anything up, and the membership says nothing.
    /// </summary>
    [Fact]
    public async Task A_paused_silo_serves_nothing_that_a_new_owner_may_have_changed()
    {
        await using SiloCluster mine = await StartAsync(1);
        await using SiloCluster others = await StartAsync(1);
        TestSilo old = mine.Silos[0];
        TestSilo next = others.Silos[0];
        await WriteAsync(old, 1);
        Partition[] owned = [await OwnedAsync(mine, Kind.Ram), await OwnedAsync(mine, Kind.Disk)];
        TaskCompletionSource cut = CutOff(old);

        await WriteAsync(next, 2);
        Assert.DoesNotContain(owned, static each => each.Holding!.Stands);
        foreach (Kind kind in Enum.GetValues<Kind>())
            await FailsAsync(old, kind);

        GoOn(old, cut);
        await Waiting.UntilAsync(
            () => owned.All(static each => each.IsClosed),
            "the old owner closes what it has lost");
        Assert.Equal(2, await ReadAsync(old, Kind.Disk).Within());
        Assert.NotEqual(1, await ReadAsync(old, Kind.Ram).Within());
        Assert.Equal(2, await ReadAsync(next, Kind.Disk).Within());
    }

    [Fact]
    public async Task Two_silos_that_own_one_partition_on_purpose_are_told_apart()
    {
        await using SiloCluster mine = await StartAsync(1);
        await using SiloCluster others = await StartAsync(1);
        TestSilo old = mine.Silos[0];
        TestSilo next = others.Silos[0];
        await WriteAsync(old, 1);
        for (int balance = 2; balance < 6; balance++)
        {
            Partition[] first =
                [await OwnedAsync(mine, Kind.Ram), await OwnedAsync(mine, Kind.Disk)];
            Assert.All(first, static each => Assert.True(each.Holding!.Stands));

            // The old owner lives, and learns of the new one by its next renewal.
            await WriteAsync(next, balance);
            Assert.All(first, static each => Assert.False(each.Holding!.Stands));
            Assert.Equal(balance, await ReadAsync(old, Kind.Disk).Within());
            Assert.Null(await ReadAsync(old, Kind.Ram).Within());
        }
    }

    [Fact]
    public async Task A_silo_stops_also_while_it_waits_for_the_news_of_the_membership()
    {
        var membership = new SilentMembership();
        await using SiloCluster mine = await StartAsync(1, membership.Use);
        await using SiloCluster others = await StartAsync(1);
        await WriteAsync(mine.Silos[0], 1);
        membership.IsSilent = true;
        await WriteAsync(others.Silos[0], 2);
        await membership.Asked.Within("the old owner asks whether it is dead");

        await mine.StopAsync(mine.Silos[0]);

        Assert.Equal(2, await ReadAsync(others.Silos[0], Kind.Disk).Within());
    }

    [Fact]
    public async Task A_silo_that_stops_leaves_its_partitions_at_once()
    {
        await using SiloCluster cluster = await StartAsync(2);
        await WriteAsync(cluster.Silos[0], 1);
        Partition owned = await OwnedAsync(cluster, Kind.Disk);
        TestSilo old = cluster.Silos.Single(silo => silo.Directory.All.Contains(owned));
        TestSilo next = cluster.Silos.Single(each => each != old);
        Guid owner = StorageOf(old).Leases!.Owner;
        await cluster.StopAsync(old);

        Assert.Equal(1, await ReadAsync(next, Kind.Disk).Within());
        LeaseNews news = await StorageOf(next).Leases!.RenewAsync(
            TimeSpan.FromSeconds(1), [], TestContext.Current.CancellationToken);
        Assert.DoesNotContain(news.Leases, each => each.Owner == owner);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_is_refused_when_the_lease_has_run_out_since_its_operations(
        bool isSpanning)
    {
        await using SiloCluster cluster = await StartAsync(isSpanning ? 2 : 1);
        await WriteAsync(cluster.Silos[0], 1);
        Partition owned = await OwnedAsync(cluster, Kind.Ram);
        TestSilo owner = cluster.Silos.Single(silo => silo.Directory.All.Contains(owned));
        IMemento memento = cluster.Silos.FirstOrDefault(each => each != owner)?.Memento
            ?? owner.Memento;
        TaskCompletionSource? cut = null;
        var once = new TransactionOptions { MaxAttempts = 1 };
        await Assert.ThrowsAsync<TransactionConflictException>(() => memento.TransactionAsync(
            async tx =>
            {
                await tx.WriteAsync(new RamAccount { Id = Id, Balance = 2 });
                cut = CutOff(owner);
                await UntilEndedAsync(owner);
            },
            once).Within());

        GoOn(owner, cut!);
        Assert.Equal(1, await ReadAsync(owner, Kind.Ram).Within());
        await cluster.UntilIdleAsync();
    }

    private static IJournalStorage StorageOf(TestSilo silo)
        => silo.Services.GetRequiredService<Journaling.DurableStorage>().Journal!;

    private Task<SiloCluster> StartAsync(int silos, Action<ISiloBuilder>? configureSilo = null)
        => SiloCluster.StartAsync(
            silos,
            static memento => memento
                .Configure(static options => options.LeaseDuration = TimeSpan.FromSeconds(1))
                .AddTable<RamAccount>().AddTable<DiskAccount>(),
            _place,
            configureSilo);

    /// <summary>Its renewals stand still, as in a process that is paused.</summary>
    private static TaskCompletionSource CutOff(TestSilo silo)
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        silo.Services.GetRequiredService<LeaseKeeper>().RenewalForTests = () => goOn.Task;
        return goOn;
    }

    private static void GoOn(TestSilo silo, TaskCompletionSource cut)
    {
        silo.Services.GetRequiredService<LeaseKeeper>().RenewalForTests = null;
        cut.SetResult();
    }

    private static Task UntilEndedAsync(TestSilo silo)
        => Waiting.UntilAsync(
            () => silo.Directory.All.All(static each => !each.Holding!.Lease.IsValid),
            "the lease has run out");

    /// <summary>The open partition of the record, in whichever silo.</summary>
    private static async Task<Partition> OwnedAsync(SiloCluster cluster, Kind kind)
    {
        TestSilo silo = kind == Kind.Ram
            ? await cluster.SiloOfAsync<RamAccount>(Id)
            : await cluster.SiloOfAsync<DiskAccount>(Id);
        TableRegistry tables = silo.Services.GetRequiredService<TableRegistry>();
        TableDefinition table =
            kind == Kind.Ram ? tables.Get<RamAccount>() : tables.Get<DiskAccount>();
        return silo.Directory.Find(
            table.Name, table.PartitionOf(table.KeyCodec.EncodeArgument(Id)))!;
    }

    private static async Task WriteAsync(TestSilo silo, long balance)
    {
        await WriteAsync(silo, balance, Kind.Ram);
        await WriteAsync(silo, balance, Kind.Disk);
    }

    private static Task WriteAsync(TestSilo silo, long balance, Kind kind)
        => silo.Memento.TransactionAsync(async tx =>
        {
            if (kind == Kind.Ram)
                await tx.WriteAsync(new RamAccount { Id = Id, Balance = balance });
            else
                await tx.WriteAsync(new DiskAccount { Id = Id, Balance = balance });
        }).Within();

    private static Task<long?> ReadAsync(
        TestSilo silo, Kind kind, TransactionOptions? options = null)
        => silo.Memento.TransactionAsync(
            async tx => kind == Kind.Ram
                ? (await tx.ReadAsync<RamAccount>(Id))?.Balance
                : (await tx.ReadAsync<DiskAccount>(Id))?.Balance,
            options);

    /// <summary>A read that must not get through, whatever its error is.</summary>
    private static async Task FailsAsync(TestSilo silo, Kind kind)
    {
        Exception? error = await Record.ExceptionAsync(() => ReadAsync(silo, kind, Short).Within());
        Assert.True(
            error is TransactionConflictException or TransactionTimeoutException, $"{error}");
    }
}

public sealed class MemoryLeaseTests : LeaseSuite<MemoryUnderTest>;

public sealed class PostgresLeaseTests : LeaseSuite<PostgresUnderTest>;

public sealed class GrainStorageLeaseTests
    : LeaseSuite<GrainStorageUnderTest<DictionaryProvider>>;
