using System.Diagnostics;
using System.Globalization;

namespace Memento.Tests.Chaos;

/// <summary>Does one fault after the other to a cluster, chosen by a seed.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="plan">Which faults, how long, and the seed.</param>
/// <param name="restartDatabase">Crashes the database, waits so long, and starts it.</param>
/// <param name="say">Tells what is done.</param>
internal sealed class Nemesis(
    ClusterProcesses cluster,
    ChaosPlan plan,
    Func<TimeSpan, Task> restartDatabase,
    Action<string> say)
{
    private const int Silos = 3;

    private readonly Random _random = new(plan.Seed);
    private readonly long _began = Stopwatch.GetTimestamp();

    /// <summary>How many faults it has done.</summary>
    public int Done { get; private set; }

    /// <summary>Runs until the length of the plan is over; all silos live and serve then.</summary>
    public async Task RunAsync()
    {
        // Each kind comes at least once, if there is time for it.
        var next = new Queue<ChaosFault>(plan.Faults.OrderBy(_ => _random.Next()));
        while (Stopwatch.GetElapsedTime(_began) < plan.Length)
        {
            await Task.Delay(Between(500, 3_000));
            ChaosFault fault = next.Count > 0
                ? next.Dequeue()
                : plan.Faults[_random.Next(plan.Faults.Count)];
            await DoAsync(fault);
            Done++;
            await RestoreAsync();
        }
    }

    private async Task DoAsync(ChaosFault fault)
    {
        SiloProcess silo = cluster.Silos[_random.Next(cluster.Silos.Count)];
        switch (fault)
        {
            case ChaosFault.Kill:
                Say($"kill -9 {silo.Id}");
                await cluster.KillAsync(silo);
                await Task.Delay(Between(0, 15_000));
                break;
            case ChaosFault.Stop:
                Say($"stop {silo.Id}");
                await cluster.StopAsync(silo);
                Say("it has stopped");
                break;
            case ChaosFault.Pause:
                TimeSpan pause = Between(500, 15_000);
                Say($"pause {silo.Id} for {pause.TotalSeconds:0.0} s");
                silo.Signal("STOP");
                await Task.Delay(pause);
                silo.Signal("CONT");
                break;
            case ChaosFault.Database:
                TimeSpan down = Between(100, 4_000);
                Say($"the database crashes, for {down.TotalSeconds:0.0} s");
                await restartDatabase(down);
                break;
            case ChaosFault.Join:
                Say("one more joins");
                SiloProcess joined = await cluster.StartAsync();
                Say($"{joined.Id} has joined");
                await Task.Delay(Between(500, 4_000));
                SiloProcess leaving = cluster.Silos[_random.Next(cluster.Silos.Count)];
                Say($"stop {leaving.Id}");
                await cluster.StopAsync(leaving);
                Say("it has stopped");
                break;
            case ChaosFault.Cut:
                await CutAsync(silo);
                break;
        }
    }

    private async Task CutAsync(SiloProcess silo)
    {
        SiloProcess[] others = [.. cluster.Silos.Where(each => each != silo)];
        if (_random.Next(2) == 0) others = [others[_random.Next(others.Length)]];
        bool breaks = _random.Next(2) == 0;
        TimeSpan length = Between(500, 15_000);
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"cut {silo.Id} off from {string.Join(" and ", others.Select(static each => each.Id))}"
            + $" for {length.TotalSeconds:0.0} s{(breaks ? ", with its connections" : "")}"));
        using (cluster.Cut(silo, others, breaks))
            await Task.Delay(length);
    }

    /// <summary>A silo that was taken for dead while it stood still has ended.</summary>
    private async Task RestoreAsync()
    {
        int ended = cluster.RemoveEnded();
        if (ended > 0) Say($"{ended} had ended by themselves");
        while (cluster.Silos.Count < Silos)
        {
            SiloProcess silo = await cluster.StartAsync();
            Say($"{silo.Id} has started");
        }
    }

    private TimeSpan Between(int least, int most)
        => TimeSpan.FromMilliseconds(least + _random.Next(most - least));

    /// <summary>Tells something with the time of the run.</summary>
    public void Say(string what) => say(string.Create(
        CultureInfo.InvariantCulture,
        $"{Stopwatch.GetElapsedTime(_began).TotalSeconds,7:0.0} s: {what}"));
}
