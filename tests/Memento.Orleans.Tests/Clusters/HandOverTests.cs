using Memento.Partitions;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Memento.Tests.Faults;
using Memento.Tests.Hosting;
using Memento.Tests.Samples;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Memento.Tests.Clusters;

/// <summary>
/// Partitions that change their silo while transactions go on. MEMENTO_RESTART_ROUNDS asks for more
/// rolling restarts.
/// </summary>
public sealed class HandOverTests(ITestOutputHelper output)
{
    private const int Accounts = 120;

    [Fact]
    public async Task Silos_restart_one_after_the_other_under_load_and_nothing_is_lost()
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(3, place);
        var load = new AccountLoad(await cluster.ConnectAsync(), Accounts);
        await load.FillAsync();
        load.Start(workers: 4);
        int rounds = Settings.Number("MEMENTO_RESTART_ROUNDS", 1);
        for (int i = 1; i <= 3 * rounds; i++)
        {
            await cluster.StopAsync(cluster.Silos[0]);
            await load.UntilMoreAsync();
            await cluster.StartSiloAsync();
            await load.UntilMoreAsync();
            if (i % 3 == 0) output.WriteLine($"round {i / 3}: {load}");
        }

        await load.StopAsync();
        output.WriteLine(load.ToString());
        await load.CheckAsync();
        await cluster.UntilIdleAsync();
    }

    [Fact]
    public async Task A_silo_that_joins_gets_its_share_and_nobody_notices()
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(2, place);
        var load = new AccountLoad(await cluster.ConnectAsync(), Accounts);
        await load.FillAsync();
        load.Start(workers: 4);
        await load.UntilMoreAsync();
        TestSilo joined = await cluster.StartSiloAsync();

        int all = cluster.Partitions.Count();
        await Waiting.UntilAsync(
            () => joined.Directory.All.Count() >= all / 4,
            "the new silo has at least a quarter of the partitions");
        await load.UntilMoreAsync();

        await load.StopAsync();
        output.WriteLine(load.ToString());
        await load.CheckAsync();
        await cluster.UntilIdleAsync();
    }

    [Fact]
    public async Task A_snapshot_does_not_show_what_a_silo_changed_that_joined_after_it()
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(1, place);
        IMemento memento = cluster.Silos[0].Memento;

        SnapshotEndedException ended = await Assert.ThrowsAsync<SnapshotEndedException>(
            () => memento.SnapshotAsync(async snapshot =>
            {
                // No partition was anywhere when it was taken.
                TestSilo joined = await cluster.StartSiloAsync();
                IReadOnlyList<int> keys =
                    await cluster.KeysInAsync<RamAccount, int>(joined, 1, static i => i);
                await memento.TransactionAsync(async tx =>
                    await tx.WriteAsync(new RamAccount { Id = keys[0], Balance = 1 }));
                await cluster.StopAsync(joined);
                await snapshot.ReadAsync<RamAccount>(keys[0]);
            })).Within();

        Assert.Contains("was in no silo", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_waits_for_a_lock_in_a_silo_that_stops_goes_on_in_another()
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(2, place);
        TestClient client = await cluster.ConnectAsync();
        const int id = 1;
        TestSilo stopping = await cluster.SiloOfAsync<RamAccount>(id);
        var begun = new TaskCompletionSource();
        var holds = new TaskCompletionSource();
        int runs = 0;

        // The older one waits for the younger one, which waits for the stop: it holds the lock
        // where it was, and finds at its end that it has to run again.
        Task<long> older = client.Memento.TransactionAsync(async tx =>
        {
            await tx.ReadAsync<RamAccount>(id + 1);
            begun.TrySetResult();
            await holds.Task;
            RamAccount? account = await tx.ReadAsync<RamAccount>(id);
            await tx.WriteAsync(new RamAccount { Id = id, Balance = (account?.Balance ?? 0) + 1 });
            return account?.Balance ?? 0;
        });
        await begun.Task.Within();
        var stopped = new TaskCompletionSource();
        Task younger = client.Memento.TransactionAsync(async tx =>
        {
            RamAccount? account = await tx.ReadAsync<RamAccount>(id);
            await tx.WriteAsync(new RamAccount { Id = id, Balance = (account?.Balance ?? 0) + 10 });
            holds.TrySetResult();
            if (Interlocked.Increment(ref runs) == 1) await stopped.Task;
        });
        await Waiting.UntilAsync(
            () => stopping.Services.GetRequiredService<IMementoDiagnostics>().Describe().Locks
                .Any(static each => each.Waiters.Count > 0),
            "the older one waits for the lock");

        await cluster.StopAsync(stopping);
        stopped.SetResult();
        await older.Within();
        await younger.Within();

        Assert.Equal(11, (await client.Memento.TransactionAsync(
            async tx => await tx.ReadAsync<RamAccount>(id)).Within())!.Balance);
        Assert.Equal(2, runs);
        await cluster.UntilIdleAsync();
    }

    [Fact]
    public async Task A_silo_that_dies_loses_its_ram_and_this_is_said()
    {
        await using var place = new MemoryUnderTest();
        var log = new LineLog();
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            3,
            static memento => memento.AddTable<RamAccount>().AddTable<DiskAccount>(),
            place,
            silo => silo.Services.AddLogging(
                logging => logging.AddProvider(new LineLogProvider(log))));
        TestClient client = await cluster.ConnectAsync();
        var load = new AccountLoad(client, Accounts);
        await load.FillAsync();

        // Of few partitions, a silo may have none.
        TestSilo dying = cluster.Silos.Last(static silo => RamIn(silo).Any());
        int[] lost = [.. RamIn(dying).Select(static each => each.Number).Order()];
        List<PartitionLostEventArgs> told = [];
        foreach (TestSilo each in cluster.Silos)
        {
            each.Services.GetRequiredService<IMementoDiagnostics>().PartitionLost += (_, loss) =>
            {
                lock (told)
                    told.Add(loss);
            };
        }

        long before = await CountAsync<RamAccount>(client);
        long gone = RamIn(dying).Sum(static each => each.Measure().Count);
        await cluster.KillAsync(dying);

        // Nobody has to use the partitions for that.
        await Waiting.UntilAsync(
            () =>
            {
                lock (told)
                    return told.Count == lost.Length;
            },
            "each lost partition is told of");
        Assert.All(told, each => Assert.Equal(dying.Address.ToString(), each.Silo));
        Assert.Equal(lost, told.Select(static each => each.Partition).Order());
        foreach (int number in lost)
        {
            await log.WaitForAsync(
                $"Partition {number} of table '{nameof(RamAccount)}' lost its records").Within();
        }

        TableInfo ram = await client.Memento.Tables.InfoAsync<RamAccount>().Within();
        Assert.Equal(
            lost, ram.Partitions.Where(static each => each.LostAt is not null)
                .Select(static each => each.Number));
        Assert.Equal(ram.Partitions.Max(static each => each.LostAt), ram.LostAt);
        SystemInfo all = await client.Memento.InfoAsync().Within();
        Assert.Equal(2, all.Silos.Count(static each => !each.IsSilent));
        Assert.Equal([null, ram.LostAt], all.Tables.Select(static each => each.LostAt));
        Assert.Equal(before - gone, await CountAsync<RamAccount>(client));
        Assert.Null((await client.Memento.Tables.InfoAsync<DiskAccount>().Within()).LostAt);
        Assert.Equal(Accounts, await CountAsync<DiskAccount>(client));

        // Whoever has the partition next still knows.
        await cluster.StopAsync(cluster.Silos[1]);
        ram = await client.Memento.Tables.InfoAsync<RamAccount>().Within();
        Assert.Equal(
            lost, ram.Partitions.Where(static each => each.LostAt is not null)
                .Select(static each => each.Number));
    }

    [Fact]
    public async Task Every_kind_of_table_comes_over_whole()
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            2, static memento => memento.AddConformanceTables(TableStorage.Ram), place);
        TestClient client = await cluster.ConnectAsync();
        await client.Memento.TransactionAsync(async tx =>
        {
            for (int i = 0; i < 60; i++)
            {
                await tx.WriteAsync(new Ticket { Title = $"t{i}", Owner = "o", Code = $"c{i}" });
                await tx.WriteAsync(new Tag { Subject = "s", Word = $"{59 - i}" });
            }
        }).Within();

        // To the first silo, then to a new one, and back to both.
        await cluster.StopAsync(cluster.Silos[1]);
        await cluster.StartSiloAsync();
        await cluster.StopAsync(cluster.Silos[0]);

        await client.Memento.TransactionAsync(async tx =>
        {
            IReadOnlyList<Ticket> tickets = await tx.AllAsync<Ticket>();
            Assert.Equal(
                Enumerable.Range(0, 60).Select(static i => $"t{i}"),
                tickets.Select(static each => each.Title));
            Assert.Equal(
                "t7", Assert.Single(
                    await tx.Query<Ticket>().Where(static each => each.Code == "c7").ToListAsync())
                    .Title);
            Assert.Equal(
                Enumerable.Range(0, 60).Select(static i => $"{59 - i}"),
                (await tx.ReadAllAsync<Tag>("s")).Select(static each => each.Word));
        }).Within();
        await Assert.ThrowsAsync<UniqueIndexException>(() => client.Memento.TransactionAsync(
            async tx => await tx.WriteAsync(
                new Ticket { Title = "x", Owner = "y", Code = "c9" })).Within());
        Ticket next = await client.Memento.TransactionAsync(
            async tx => await tx.WriteAsync(
                new Ticket { Title = "x", Owner = "y", Code = "new" })).Within();
        Assert.True(next.Id > 60, "No number is given twice.");
    }

    private static IEnumerable<Partition> RamIn(TestSilo silo)
        => silo.Directory.All.Where(static each => each.Table.Name == nameof(RamAccount));

    private static Task<long> CountAsync<T>(TestClient client)
        where T : class
        => client.Memento.TransactionAsync(async tx => await tx.CountAsync<T>()).Within();

    private static Task<SiloCluster> StartAsync(int silos, StorageUnderTest place)
        => SiloCluster.StartAsync(
            silos, static memento => memento.AddTable<RamAccount>().AddTable<DiskAccount>(), place);
}
