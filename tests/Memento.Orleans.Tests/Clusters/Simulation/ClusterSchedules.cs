using System.Globalization;
using Memento.Tests.Locks.Simulation;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>Runs schedules of a cluster, and tells one that fails in words.</summary>
/// <param name="hasGrains">Whether states of grains take part.</param>
/// <param name="few">How many run where no variable says otherwise.</param>
/// <param name="told">How many of its last events are told of one that fails.</param>
internal sealed class ClusterSchedules(bool hasGrains, int few, int told)
{
    private const ulong SchedulesToFindAFault = 50_000;

    /// <summary>Runs as many as the variables say, and counts what happened.</summary>
    /// <param name="firstOfMany">Gives the first seed where none is set.</param>
    /// <param name="schedules">How many were run.</param>
    public ClusterCounts RunAll(Func<int, ulong> firstOfMany, out int schedules)
    {
        ClusterCounts counts = new();
        ulong? seed = Environment.GetEnvironmentVariable(LockSimulationTests.SeedVariable)
            is { Length: > 0 } text
                ? ulong.Parse(text, CultureInfo.InvariantCulture)
                : null;
        schedules = Settings.Number(
            LockSimulationTests.SchedulesVariable, seed is null ? few : 1);
        ulong first = seed ?? firstOfMany(schedules);
        for (ulong index = 0; index < (ulong)schedules; index++)
            Run(first + index, counts);

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{schedules} schedules from seed {first}: {counts}");
        return counts;
    }

    public void RequireRepeatable()
    {
        List<string> first = Trace(42);

        Assert.NotEmpty(first);
        Assert.Equal(first, Trace(42));
        Assert.NotEqual(first, Trace(43));
    }

    /// <summary>Fails if no schedule from a seed on shows a planted bug.</summary>
    public void RequireFound(ClusterFault fault, ulong first = 0)
    {
        for (ulong seed = first; seed < first + SchedulesToFindAFault; seed++)
        {
            try
            {
                new ClusterSimulation(
                    seed, fault, new ClusterCounts(), hasGrains: hasGrains).Run();
            }
            catch (Exception found)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}: {found.Message}");
                return;
            }
        }

        Assert.Fail($"{fault} was not found in {SchedulesToFindAFault} schedules.");
    }

    private void Run(ulong seed, ClusterCounts counts)
    {
        try
        {
            new ClusterSimulation(seed, ClusterFault.None, counts, hasGrains: hasGrains).Run();
        }
        catch (Exception failure)
        {
            Assert.Fail(string.Join(
                Environment.NewLine,
                [
                    $"Seed {seed} ({LockSimulationTests.SeedVariable}={seed} runs it again): "
                        + failure.Message,
                    "The last events:",
                    .. Trace(seed).TakeLast(told),
                ]));
        }
    }

    private List<string> Trace(ulong seed)
    {
        List<string> words = [];
        try
        {
            new ClusterSimulation(
                seed, ClusterFault.None, new ClusterCounts(), words, hasGrains: hasGrains).Run();
        }
        catch (Exception failure)
        {
            words.Add(failure.ToString());
        }

        return words;
    }
}
