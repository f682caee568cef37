using Memento.CrashChild;
using Memento.Tests.GrainStorages;
using Memento.Tests.PostgreSql;

namespace Memento.Tests.Chaos;

/// <summary>
/// Three silo processes and their clients, with a bank, a ring and lists in tables, and with
/// wallets and lists in tables and in transactional grains of Orleans, while silos are killed,
/// stopped, paused and cut off from each other, and the database crashes. MEMENTO_CHAOS_SECONDS
/// asks for longer runs, MEMENTO_RUN_SEED for the choices of an earlier one, and
/// MEMENTO_CHAOS_LOADS for "tables", "grains" or both: a stop takes long with grains, so that these
/// are not in each short run.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("Kill Pause Database", ChaosPlan.All, 40)]
    [InlineData("Stop Join", ChaosPlan.Tables, 30)]
    [InlineData("Cut", ChaosPlan.Tables, 30)]
    public async Task Nothing_is_lost_or_seen_by_half_on_PostgreSql(
        string faults, string loads, int seconds)
    {
        PostgresServer server = PostgresServer.StartAnother();
        try
        {
            server.Execute("CREATE DATABASE chaos");
            AdoNetPostgresProvider.MakeTables(server.ConnectionString("chaos"));
            await RunAsync(
                ChaosPlan.Of(CrashStorage.PostgreSql, faults, loads, seconds),
                server.ConnectionString("chaos"),
                async down =>
                {
                    server.Crash();
                    await Task.Delay(down);
                    server.Start();
                });
        }
        finally
        {
            server.End();
        }
    }

    [Theory]
    [InlineData("Kill Pause Stop Cut", ChaosPlan.All, 40)]
    public Task Nothing_is_lost_or_seen_by_half_on_Redis(string faults, string loads, int seconds)
        => RunAsync(
            ChaosPlan.Of(CrashStorage.Redis, faults, loads, seconds),
            RedisServer.StartAnother().ConnectionString,
            static _ => throw new NotSupportedException("The test cannot restart Redis."));

    private async Task RunAsync(
        ChaosPlan plan, string place, Func<TimeSpan, Task> restartDatabase)
    {
        await using var cluster = new ClusterProcesses(plan.Storage, place);
        for (int i = 0; i < 3; i++)
            await cluster.StartAsync();
        IReadOnlyList<IChaosLoad> loads = await MakeLoadsAsync(plan, cluster);
        foreach (IChaosLoad load in loads)
            await load.FillAsync();
        using var ending = new CancellationTokenSource();
        Task[] work = [.. loads.SelectMany(load => load.Start(ending.Token))];
        List<string> said = [];
        var progress = new Progress(() => loads.Sum(static each => each.Committed));
        var nemesis = new Nemesis(cluster, plan, restartDatabase, line =>
        {
            lock (said)
                said.Add($"{line} ({progress})");
        });
        Task watching = progress.WatchAsync(ending.Token);
        string? failure = null;
        try
        {
            await nemesis.RunAsync();

            // Each client goes on at the end, and what it does is kept.
            await Task.WhenAll(loads.Select(static each => each.UntilItGoesOnAsync()));
            nemesis.Say("all goes on");
            await ending.CancelAsync();
            await Task.WhenAll([.. work, watching]).WaitAsync(TimeSpan.FromMinutes(2));
            nemesis.Say("all work has ended");
            List<string> wrong = [];
            foreach (IChaosLoad load in loads)
                wrong.AddRange(await load.CheckAsync());
            nemesis.Say("all is checked");
            failure = string.Join(Environment.NewLine, wrong);
        }
        catch (Exception exception)
        {
            failure = exception.ToString();
        }

        output.WriteLine(
            $"{plan}: {nemesis.Done} faults, {string.Join("; ", loads)}; {progress}.");
        lock (said)
            output.WriteLine(string.Join(Environment.NewLine, said));
        Assert.True(failure is "", $"{plan}: {failure}");
    }

    private static async Task<IReadOnlyList<IChaosLoad>> MakeLoadsAsync(
        ChaosPlan plan, ClusterProcesses cluster)
    {
        TestClient[] clients = [await cluster.ConnectAsync(), await cluster.ConnectAsync()];
        List<IChaosLoad> loads = [];
        if (plan.Loads.Contains(ChaosPlan.Tables))
            loads.Add(new TableLoad(plan, [.. clients.Select(static each => each.Memento)]));
        if (plan.Loads.Contains(ChaosPlan.Grains))
        {
            loads.Add(new MixedLoad(
                plan, cluster, clients, await cluster.ConnectWithoutStoreAsync()));
        }

        return loads;
    }
}
