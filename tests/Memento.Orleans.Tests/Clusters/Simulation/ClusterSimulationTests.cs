using System.Globalization;
using Memento.Tests.Locks.Simulation;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>
/// Runs schedules of a whole cluster. <see cref="LockSimulationTests.SeedVariable"/> runs one of
/// them again, <see cref="LockSimulationTests.SchedulesVariable"/> runs more; both run so many from
/// that seed on.
/// </summary>
public sealed class ClusterSimulationTests
{
    private const int FewSchedules = 10_000;
    private const ulong SchedulesToFindAFault = 50_000;
    private const int ToldEvents = 120;

    [Fact]
    public void No_schedule_of_a_cluster_breaks_a_promise_or_comes_to_a_stop()
    {
        ClusterCounts counts = new();
        ulong? seed = Environment.GetEnvironmentVariable(LockSimulationTests.SeedVariable)
            is { Length: > 0 } text
                ? ulong.Parse(text, CultureInfo.InvariantCulture)
                : null;
        int schedules = Settings.Number(
            LockSimulationTests.SchedulesVariable, seed is null ? FewSchedules : 1);
        ulong first = seed
            ?? (schedules == FewSchedules ? 0 : (ulong)Random.Shared.NextInt64());
        for (ulong index = 0; index < (ulong)schedules; index++)
            Run(first + index, counts);

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{schedules} schedules from seed {first}: {counts}");
        if (schedules < FewSchedules) return;

        foreach (Happening each in Enum.GetValues<Happening>())
        {
            Assert.True(
                counts[each] > 0 || ClusterCounts.IsOfGrains(each),
                $"{each} has not happened: {counts}");
        }

        // Far from the limit, in the schedules that always run. Among many, one comes near it.
        if (schedules == FewSchedules)
            Assert.True(counts.MostSteps < ClusterSimulation.StepLimit / 2);
    }

    [Fact]
    public void A_seed_gives_the_same_schedule_of_a_cluster_again()
    {
        List<string> first = Trace(42);

        Assert.NotEmpty(first);
        Assert.Equal(first, Trace(42));
        Assert.NotEqual(first, Trace(43));
    }

    [Theory]
    [InlineData(ClusterFault.AppliesBeforeDurable)]
    [InlineData(ClusterFault.SealsBeforeDurable)]
    [InlineData(ClusterFault.LeavesOutOwners)]
    [InlineData(ClusterFault.TakesBackAlone)]
    [InlineData(ClusterFault.GivesUpByClock)]
    [InlineData(ClusterFault.WaitsForNoLease)]
    [InlineData(ClusterFault.ReleasesAtSeal)]
    [InlineData(ClusterFault.DropsWhenSent)]
    [InlineData(ClusterFault.SealsUncounted)]
    [InlineData(ClusterFault.DecidesWhenClosed)]
    [InlineData(ClusterFault.ReleasesReaders)]
    [InlineData(ClusterFault.CutsBeforeApplied)]
    [InlineData(ClusterFault.CutsWhenOpen)]
    [InlineData(ClusterFault.ShowsUndurable)]
    internal void A_planted_bug_is_found(ClusterFault fault)
    {
        for (ulong seed = 0; seed < SchedulesToFindAFault; seed++)
        {
            try
            {
                new ClusterSimulation(seed, fault, new ClusterCounts()).Run();
            }
            catch (Exception found)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}: {found.Message}");
                return;
            }
        }

        Assert.Fail($"{fault} was not found in {SchedulesToFindAFault} schedules.");
    }

    private static void Run(ulong seed, ClusterCounts counts)
    {
        try
        {
            new ClusterSimulation(seed, ClusterFault.None, counts).Run();
        }
        catch (Exception failure)
        {
            Assert.Fail(string.Join(
                Environment.NewLine,
                [
                    $"Seed {seed} ({LockSimulationTests.SeedVariable}={seed} runs it again): "
                        + failure.Message,
                    "The last events:",
                    .. Trace(seed).TakeLast(ToldEvents),
                ]));
        }
    }

    private static List<string> Trace(ulong seed)
    {
        List<string> words = [];
        try
        {
            new ClusterSimulation(seed, ClusterFault.None, new ClusterCounts(), words).Run();
        }
        catch (Exception failure)
        {
            words.Add(failure.ToString());
        }

        return words;
    }
}
