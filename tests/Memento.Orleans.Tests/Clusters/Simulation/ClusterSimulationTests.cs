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

    private static readonly ClusterSchedules Schedules =
        new(hasGrains: false, FewSchedules, told: 120);

    [Fact]
    public void No_schedule_of_a_cluster_breaks_a_promise_or_comes_to_a_stop()
    {
        ClusterCounts counts = Schedules.RunAll(
            static count => count == FewSchedules ? 0 : (ulong)Random.Shared.NextInt64(),
            out int schedules);
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
    public void A_seed_gives_the_same_schedule_of_a_cluster_again() =>
        Schedules.RequireRepeatable();

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
    internal void A_planted_bug_is_found(ClusterFault fault) => Schedules.RequireFound(fault);
}
