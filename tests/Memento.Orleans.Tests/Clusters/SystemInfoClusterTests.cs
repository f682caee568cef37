using Memento.Messages;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;

namespace Memento.Tests.Clusters;

/// <summary>What a store of several silos says of itself.</summary>
public sealed class SystemInfoClusterTests
{
    private static readonly SystemInfo None = new()
    {
        Taken = default,
        Silos = [],
        Tables = [],
        Transactions = [],
        Locks = [],
    };

    [Fact]
    public async Task It_has_every_silo_with_its_partitions_and_its_lease()
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(place);
        TestClient client = await cluster.ConnectAsync();
        for (int i = 0; i < 50; i++)
        {
            await cluster.Silos[i % 3].Memento.TransactionAsync(async tx =>
            {
                await tx.WriteAsync(new Mark { Id = i });
                await tx.WriteAsync(new DiskAccount { Id = i });
            }).Within();
        }

        SystemInfo[] infos = await Task.WhenAll(cluster.Silos
            .Select(static each => each.Memento).Append(client.Memento)
            .Select(static each => each.InfoAsync())).Within();

        Assert.All(infos, info =>
        {
            Assert.True(info.IsComplete);
            Assert.Equal(
                cluster.Silos.Select(static each => each.Address.ToString())
                    .Order(StringComparer.Ordinal),
                info.Silos.Select(static each => each.Address));
            Assert.Equal(50, info.Commits);
            Assert.Equal(["DiskAccount", "Mark"], info.Tables.Select(each => each.Name));
            Assert.All(info.Tables, static each => Assert.Equal(50, each.Size));
            Assert.Equal(100, info.Silos.Sum(static each => each.Records));
            Assert.All(info.Silos, silo =>
            {
                TestSilo own = cluster.Silos.Single(
                    each => each.Address.ToString() == silo.Address);
                Assert.Equal(own.Directory.All.Count(), silo.Partitions.Count);
                Assert.All(silo.Partitions, each => Assert.Equal(silo.Address, each.Silo));
                Assert.True(silo.Lease is { IsValid: true } lease
                    && lease.Until > info.Taken && lease.Partitions > 0);
                Assert.True(silo.Journal!.Durable > 0);
            });
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transaction_that_waits_in_another_silo_is_shown_once(bool isInside)
    {
        await using SiloCluster cluster = await StartAsync();
        IMemento memento = isInside
            ? cluster.Silos[0].Memento
            : (await cluster.ConnectAsync()).Memento;
        int here = (await KeysInAsync(cluster, cluster.Silos[0], 1))[0];
        int there = (await KeysInAsync(cluster, cluster.Silos[1], 1))[0];
        var begun = new TaskCompletionSource();
        var holds = new TaskCompletionSource();
        var ends = new TaskCompletionSource();
        Guid older = default;
        Guid younger = default;
        Task waiting = memento.TransactionAsync(async tx =>
        {
            older = tx.Id;
            await tx.WriteAsync(new Mark { Id = here });
            begun.TrySetResult();
            await holds.Task;
            await tx.ReadAsync<Mark>(there);
        });
        await begun.Task.Within();
        Task holding = cluster.Silos[2].Memento.TransactionAsync(async tx =>
        {
            younger = tx.Id;
            await tx.WriteAsync(new Mark { Id = there });
            holds.TrySetResult();
            await ends.Task;
        });

        SystemInfo info = None;
        await Waiting.UntilAsync(
            async () => (info = await memento.InfoAsync()).Locks
                .Any(static each => each.Waiters.Count > 0),
            "the older one waits");

        Assert.Equal([older, younger], info.Transactions.Select(static each => each.Id));
        Assert.Equal(
            [isInside ? AddressOf(0) : null, AddressOf(2)],
            info.Transactions.Select(static each => each.Silo));
        Assert.Equal(2, info.Transactions[0].Partitions.Count);
        WaitDescription wait = Assert.Single(info.Transactions[0].Waits);
        Assert.Equal(
            (AddressOf(1), $"key '{there}' of table 'Mark'", younger),
            (wait.Silo, wait.Resource, wait.BlockedBy));
        Assert.Empty(info.Transactions[1].Waits);
        Assert.Equal(
            [AddressOf(0), AddressOf(1)],
            info.Locks.Where(static each => each.Key is not null)
                .Select(static each => each.Silo)
                .OrderBy(each => each == AddressOf(1)));
        ends.SetResult();
        await Task.WhenAll(waiting, holding).Within();

        string AddressOf(int silo) => cluster.Silos[silo].Address.ToString();
    }

    [Fact]
    public async Task A_silo_that_does_not_answer_is_listed_as_silent_and_the_others_answer()
    {
        var answers = new TaskCompletionSource();
        SiloAddress? silent = null;
        await using SiloCluster cluster = await StartAsync(configureSilo: silo =>
            silo.AddIncomingGrainCallFilter(async call =>
            {
                if (call.InterfaceMethod.Name == nameof(ISiloMember.DescribeAsync)
                    && call.InterfaceMethod.DeclaringType == typeof(ISiloMember)
                    && call.TargetContext.Address.SiloAddress!.Equals(Volatile.Read(ref silent)))
                {
                    await answers.Task;
                }

                await call.Invoke();
            }));
        TestClient client = await cluster.ConnectAsync();
        Volatile.Write(ref silent, cluster.Silos[1].Address);

        SystemInfo[] infos = await Task.WhenAll(
            cluster.Silos[0].Memento.InfoAsync(), client.Memento.InfoAsync()).Within();

        Assert.All(infos, info =>
        {
            Assert.Equal(3, info.Silos.Count);
            Assert.False(info.IsComplete);
            SiloInfo silo = Assert.Single(info.Silos, static each => each.IsSilent);
            Assert.Equal(cluster.Silos[1].Address.ToString(), silo.Address);
            Assert.Equal("It did not answer within 2 s.", silo.Silence);
            Assert.Empty(silo.Partitions);
            Assert.All(
                info.Silos.Where(static each => !each.IsSilent),
                static each => Assert.NotNull(each.Name));
        });
        answers.SetResult();
        Assert.True((await client.Memento.InfoAsync().Within()).IsComplete);
    }

    [Fact]
    public async Task A_client_asks_elsewhere_if_its_gateway_does_not_answer()
    {
        var answers = new TaskCompletionSource();
        bool isAsked = false;
        SiloAddress? silent = null;
        await using SiloCluster cluster = await StartAsync(configureSilo: silo =>
            silo.AddIncomingGrainCallFilter(async call =>
            {
                if (call.InterfaceMethod.DeclaringType == typeof(IInfoGrain)
                    && call.TargetContext.Address.SiloAddress!.Equals(Volatile.Read(ref silent)))
                {
                    Volatile.Write(ref isAsked, true);
                    await answers.Task;
                }

                await call.Invoke();
            }));
        TestClient client = await cluster.ConnectAsync();
        Volatile.Write(ref silent, cluster.Silos[1].Address);

        await Waiting.UntilAsync(
            async () => (await client.Memento.InfoAsync()).IsComplete && Volatile.Read(ref isAsked),
            "the silo was asked that does not answer");
        answers.SetResult();
    }

    [Fact]
    public async Task A_client_that_ends_has_told_what_it_has_counted()
    {
        await using SiloCluster cluster = await StartAsync();
        TestClient client = await cluster.ConnectAsync();
        for (int i = 0; i < 7; i++)
        {
            await client.Memento.TransactionAsync(
                async tx => await tx.WriteAsync(new Mark { Id = i })).Within();
        }

        await client.DisposeAsync().AsTask().Within();

        Assert.Equal(7, (await cluster.Silos[0].Memento.InfoAsync().Within()).Commits);
    }

    private static Task<IReadOnlyList<int>> KeysInAsync(
        SiloCluster cluster, TestSilo silo, int count)
        => cluster.KeysInAsync<Mark, int>(silo, count, static id => id);

    private static Task<SiloCluster> StartAsync(
        StorageUnderTest? place = null, Action<ISiloBuilder>? configureSilo = null)
        => SiloCluster.StartAsync(
            3,
            memento =>
            {
                memento.AddTable<Mark>();
                if (place is not null) memento.AddTable<DiskAccount>();
            },
            place,
            configureSilo);
}
