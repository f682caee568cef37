using Memento.CrashChild;
using Memento.Tests.Conformance;
using Memento.Tests.Consistency;
using Memento.Tests.GrainStorages;
using Memento.Tests.PostgreSql;

namespace Memento.Tests.Chaos;

/// <summary>
/// Three silo processes and two clients, a bank, a ring and lists, with snapshots of each, while
/// silos are killed, stopped, paused and cut off from each other, and the database crashes.
/// MEMENTO_CHAOS_SECONDS asks for longer runs, and MEMENTO_RUN_SEED for the choices of an earlier
/// one.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int Workers = 3;

    [Theory]
    [InlineData("Kill Pause Database", 40)]
    [InlineData("Stop Join", 30)]
    [InlineData("Cut", 30)]
    public async Task Nothing_is_lost_or_seen_by_half_on_PostgreSql(string faults, int seconds)
    {
        PostgresServer server = PostgresServer.StartAnother();
        try
        {
            server.Execute("CREATE DATABASE chaos");
            await RunAsync(
                ChaosPlan.Of(CrashStorage.PostgreSql, faults, seconds),
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
    [InlineData("Kill Pause Stop Cut", 40)]
    public Task Nothing_is_lost_or_seen_by_half_on_Redis(string faults, int seconds)
        => RunAsync(
            ChaosPlan.Of(CrashStorage.Redis, faults, seconds),
            RedisServer.StartAnother().ConnectionString,
            static _ => throw new NotSupportedException("The test cannot restart Redis."));

    private async Task RunAsync(
        ChaosPlan plan, string place, Func<TimeSpan, Task> restartDatabase)
    {
        await using var cluster = new ClusterProcesses(plan.Storage, place);
        for (int i = 0; i < 3; i++)
            await cluster.StartAsync();
        IMemento[] clients =
            [(await cluster.ConnectAsync()).Memento, (await cluster.ConnectAsync()).Memento];
        await Bank.FillAsync(clients[0]);
        await Ring.FillAsync(clients[0]);
        var bank = new Bank(plan.Seed);
        var ring = new Ring(plan.Seed);
        var lists = new ListWorkload(new ClusterLists(plan.KeepsRam), plan.Seed);
        using var ending = new CancellationTokenSource();
        List<Task> work = [];
        for (int worker = 0; worker < Workers; worker++)
        {
            IMemento client = clients[worker % clients.Length];
            int number = worker;
            work.Add(Task.Run(() => bank.WorkAsync(client, number, ending.Token)));
            work.Add(Task.Run(() => ring.WorkAsync(client, number, ending.Token)));
            work.Add(Task.Run(() => lists.WorkAsync(client, number, ending.Token)));
        }

        List<string> said = [];
        var progress = new Progress(() => bank.Committed + ring.Committed);
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
            int before = bank.Committed;
            int snapshots = bank.Snapshots.Whole;
            await Waiting.UntilAsync(
                () => bank.Committed > before + 10 && bank.Snapshots.Whole > snapshots,
                "transfers and snapshots go on after the last fault");
            await ending.CancelAsync();
            await Task.WhenAll([.. work, watching]).WaitAsync(TimeSpan.FromMinutes(2));
            await lists.ReadAllAsync(clients[1]);
            failure = string.Join(
                Environment.NewLine,
                [
                    .. await bank.CheckAsync(clients[1]),
                    .. await ring.CheckAsync(clients[0]),
                    .. HistoryChecker.Check(lists.History) is { } wrong ? [wrong] : (string[])[],
                ]);
        }
        catch (Exception exception)
        {
            failure = exception.ToString();
        }

        int appends = lists.History.Count(static each => each.Outcome == ListOutcome.Committed);
        output.WriteLine(
            $"{plan}: {nemesis.Done} faults, {bank.Committed} transfers ({bank.InDoubt} in doubt), "
            + $"{ring.Committed} swaps, {appends} list transactions; {progress}. "
            + $"Of the bank {bank.Snapshots}; of the ring {ring.Snapshots}; of the lists "
            + $"{lists.Snapshots}.");
        lock (said)
            output.WriteLine(string.Join(Environment.NewLine, said));
        Assert.True(failure is "", $"{plan}: {failure}");
    }
}
