using Memento.Commit;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Clusters;

/// <summary>One transaction over partitions in several silos.</summary>
public sealed class SpanningCommitTests
{
    private const int Accounts = 40;
    private const long Each = 100;

    public enum Tables
    {
        Ram = 0,
        Disk = 1,
        Both = 2,
    }

    [Theory]
    [InlineData(Tables.Ram, false)]
    [InlineData(Tables.Ram, true)]
    [InlineData(Tables.Disk, false)]
    [InlineData(Tables.Disk, true)]
    [InlineData(Tables.Both, false)]
    [InlineData(Tables.Both, true)]
    public async Task Transfers_between_silos_keep_the_sum(Tables tables, bool isClient)
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            3, static memento => memento.AddTable<RamAccount>().AddTable<DiskAccount>(), place);
        IMemento[] stores = isClient
            ? [(await cluster.ConnectAsync()).Memento]
            : [.. cluster.Silos.Select(static silo => silo.Memento)];
        await stores[0].TransactionAsync(async tx =>
        {
            for (int id = 0; id < Accounts; id++)
                await WriteAsync(tx, tables, id, Each);
        }).Within();
        Assert.True(
            cluster.Silos.Count(static silo => silo.Directory.All.Any()) > 1,
            "The partitions are in several silos.");

        await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (int i = 0; i < 25; i++)
            {
                int from = random.Next(Accounts);
                int to = (from + 1 + random.Next(Accounts - 1)) % Accounts;
                await stores[worker % stores.Length].TransactionAsync(async tx =>
                {
                    long left = await ReadAsync(tx, tables, from);
                    long right = await ReadAsync(tx, tables, to);
                    await WriteAsync(tx, tables, from, left - 1);
                    await WriteAsync(tx, tables, to, right + 1);
                });
            }
        }))).Within();

        foreach (IMemento store in stores)
        {
            long sum = await store.TransactionAsync(async tx => tables == Tables.Ram
                ? (await tx.AllAsync<RamAccount>()).Sum(static each => each.Balance)
                : (await tx.AllAsync<DiskAccount>()).Sum(static each => each.Balance)).Within();
            Assert.Equal(Accounts * Each, sum);
        }

        if (tables == Tables.Both)
        {
            await stores[0].TransactionAsync(async tx =>
            {
                for (int id = 0; id < Accounts; id++)
                {
                    Assert.Equal(
                        (await tx.ReadAsync<DiskAccount>(id))!.Balance,
                        (await tx.ReadAsync<RamAccount>(id))!.Balance);
                }
            }).Within();
        }

        await cluster.UntilIdleAsync();
        await Waiting.UntilAsync(
            () => cluster.Silos.All(static silo =>
                silo.Services.GetRequiredService<MemberCommits>().Count == 0
                && silo.Services.GetRequiredService<SpanningCommit>().Count == 0),
            "nothing is sealed or coordinated");
    }

    [Fact]
    public async Task The_storage_forgets_the_outcomes_that_nobody_asks_for()
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            2, static memento => memento.AddTable<Mark>(static table =>
                table.Storage = TableStorage.Disk), place);
        int[] ids =
        [
            (await cluster.KeysInAsync<Mark, int>(cluster.Silos[0], 1, static id => id))[0],
            (await cluster.KeysInAsync<Mark, int>(cluster.Silos[1], 1, static id => id))[0],
        ];
        int before = place.OutcomeCount;

        for (int i = 0; i < 20; i++)
        {
            await cluster.Silos[0].Memento.TransactionAsync(async tx =>
            {
                foreach (int id in ids)
                    await tx.WriteAsync(new Mark { Id = id });
            }).Within();
        }

        // The last one waits for the next commit.
        Assert.InRange(place.OutcomeCount, before + 1, before + 2);
    }

    private static async Task<long> ReadAsync(ITransaction tx, Tables tables, int id)
        => tables == Tables.Ram
            ? (await tx.ReadAsync<RamAccount>(id))!.Balance
            : (await tx.ReadAsync<DiskAccount>(id))!.Balance;

    private static async Task WriteAsync(ITransaction tx, Tables tables, int id, long balance)
    {
        if (tables != Tables.Disk)
            await tx.WriteAsync(new RamAccount { Id = id, Balance = balance });
        if (tables != Tables.Ram)
            await tx.WriteAsync(new DiskAccount { Id = id, Balance = balance });
    }
}
