using System.Globalization;

namespace Memento.Tests.Locks.Simulation;

public sealed class LockSimulationTests
{
    /// <summary>Set it to the seed that a failure names, to run that schedule alone.</summary>
    public const string SeedVariable = "MEMENTO_SEED";

    /// <summary>
    /// Set it to run more schedules than the suite has time for: 300000 take a minute.
    /// </summary>
    public const string SchedulesVariable = "MEMENTO_SCHEDULES";

    private const int FewSchedules = 60_000;
    private const int SchedulesToFindAFault = 300;
    private const int TracedEvents = 60;

    [Fact]
    public void No_schedule_breaks_the_rules_or_comes_to_a_stop()
    {
        SimulationCounts counts = new();
        if (Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } text)
        {
            Run(ulong.Parse(text, CultureInfo.InvariantCulture), SimulationFault.None, counts);
            return;
        }

        int schedules = Settings.Number(SchedulesVariable, FewSchedules);
        ulong first = (ulong)Random.Shared.NextInt64();
        for (ulong index = 0; index < (ulong)schedules; index++)
            Run(first + index, SimulationFault.None, counts);

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"grants {counts.Grants}, waits {counts.Waits}, "
            + $"of ranges {counts.RangeWaits}, refusals {counts.Refusals}, "
            + $"late {counts.LateRefusals}, cancelled {counts.Cancellations}, "
            + $"at once {counts.TakenAtOnce}, left out {counts.LeftOut}, "
            + $"most steps {counts.MostSteps}");
        Assert.True(counts.Grants > schedules);
        Assert.True(counts.Waits > schedules / 10);
        Assert.True(counts.RangeWaits > schedules / 50);
        Assert.True(counts.Refusals > schedules / 10);
        Assert.True(counts.LateRefusals > schedules / 100_000);
        Assert.True(counts.Cancellations > schedules / 1_000);
        Assert.True(counts.TakenAtOnce > schedules / 10);
        Assert.True(counts.LeftOut > schedules / 100);
        Assert.True(counts.MostSteps < LockSimulation.StepLimit / 4);
    }

    [Fact]
    public void A_seed_gives_the_same_schedule_again()
    {
        List<string> first = Trace(42, SimulationFault.None);

        Assert.NotEmpty(first);
        Assert.Equal(first, Trace(42, SimulationFault.None));
        Assert.NotEqual(first, Trace(43, SimulationFault.None));
    }

    [Theory]
    [InlineData(SimulationFault.AgesDiffer, "which is older")]
    [InlineData(SimulationFault.AgesDifferUnwatched, "all wait")]
    [InlineData(SimulationFault.WakeUpsAreLost, "all wait")]
    [InlineData(SimulationFault.ReleasesAreLost, "not idle")]
    [InlineData(SimulationFault.RangesAreShort, "hold conflicting locks")]
    internal void A_fault_is_noticed(SimulationFault fault, string complaint)
    {
        SimulationCounts counts = new();
        List<string> complaints = [];
        for (ulong seed = 0; seed < SchedulesToFindAFault; seed++)
        {
            try
            {
                new LockSimulation(seed, fault, counts).Run();
            }
            catch (SimulationFailedException failure)
            {
                complaints.Add(failure.Message);
            }
        }

        Assert.Contains(complaints, text => text.Contains(complaint, StringComparison.Ordinal));
    }

    private static void Run(ulong seed, SimulationFault fault, SimulationCounts counts)
    {
        LockSimulation simulation = new(seed, fault, counts);
        try
        {
            simulation.Run();
        }
        catch (Exception failure)
        {
            IEnumerable<string> last = Trace(seed, fault).TakeLast(TracedEvents);
            Assert.Fail(string.Join(
                Environment.NewLine,
                [
                    $"Seed {seed} ({SeedVariable}={seed} runs it again): {failure.Message}",
                    simulation.Describe(),
                    "The last events:",
                    .. last,
                ]));
        }
    }

    private static List<string> Trace(ulong seed, SimulationFault fault)
    {
        List<string> trace = [];
        try
        {
            new LockSimulation(seed, fault, new SimulationCounts(), trace).Run();
        }
        catch (Exception failure)
        {
            trace.Add(failure.ToString());
        }

        return trace;
    }
}
