using System.Globalization;
using Memento.Tests.Locks.Simulation;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>
/// Runs schedules of a whole cluster in whose transactions states of grains take part, with a silo
/// or a grain as the manager. The seeds are others than those of
/// <see cref="ClusterSimulationTests"/>: a seed gives another schedule here. The variables are the
/// same.
/// </summary>
public sealed class MixedSimulationTests
{
    private const int FewSchedules = 5_000;
    private const ulong SchedulesToFindAFault = 50_000;
    private const int ToldEvents = 160;

    [Fact]
    public void No_schedule_breaks_a_transaction_over_partitions_and_grains()
    {
        ClusterCounts counts = new();
        ulong? seed = Environment.GetEnvironmentVariable(LockSimulationTests.SeedVariable)
            is { Length: > 0 } text
                ? ulong.Parse(text, CultureInfo.InvariantCulture)
                : null;
        int schedules = Settings.Number(
            LockSimulationTests.SchedulesVariable, seed is null ? FewSchedules : 1);
        ulong first = seed ?? 0;
        for (ulong index = 0; index < (ulong)schedules; index++)
            Run(first + index, counts);

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{schedules} schedules from seed {first}: {counts}");
        if (schedules < FewSchedules) return;

        foreach (Happening each in Enum.GetValues<Happening>().Where(ClusterCounts.IsOfGrains))
            Assert.True(counts[each] > 0, $"{each} has not happened: {counts}");
    }

    [Fact]
    public void A_seed_gives_the_same_schedule_with_grains_again()
    {
        List<string> first = Trace(42);

        Assert.NotEmpty(first);
        Assert.Equal(first, Trace(42));
        Assert.NotEqual(first, Trace(43));
    }

    [Theory]
    [InlineData(ClusterFault.TellsGrainsEarly)]
    [InlineData(ClusterFault.PresumesAbort)]
    [InlineData(ClusterFault.ForgetsDecisionEarly, 37_000)]
    [InlineData(ClusterFault.VotesBeforePrepared)]
    [InlineData(ClusterFault.OpensWithoutPrepared)]
    [InlineData(ClusterFault.DropsPreparedByClock)]
    [InlineData(ClusterFault.AppliesPreparedEarly)]
    [InlineData(ClusterFault.AsksEarly)]
    [InlineData(ClusterFault.DecidesWhereItGoes)]
    internal void A_planted_bug_is_found(ClusterFault fault, ulong first = 0)
    {
        for (ulong seed = first; seed < first + SchedulesToFindAFault; seed++)
        {
            try
            {
                new ClusterSimulation(seed, fault, new ClusterCounts(), hasGrains: true).Run();
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
            new ClusterSimulation(seed, ClusterFault.None, counts, hasGrains: true).Run();
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
            new ClusterSimulation(
                seed, ClusterFault.None, new ClusterCounts(), words, hasGrains: true).Run();
        }
        catch (Exception failure)
        {
            words.Add(failure.ToString());
        }

        return words;
    }
}
