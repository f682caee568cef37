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

    private static readonly ClusterSchedules Schedules =
        new(hasGrains: true, FewSchedules, told: 160);

    [Fact]
    public void No_schedule_breaks_a_transaction_over_partitions_and_grains()
    {
        ClusterCounts counts = Schedules.RunAll(static _ => 0, out int schedules);
        if (schedules < FewSchedules) return;

        foreach (Happening each in Enum.GetValues<Happening>().Where(ClusterCounts.IsOfGrains))
            Assert.True(counts[each] > 0, $"{each} has not happened: {counts}");
    }

    [Fact]
    public void A_seed_gives_the_same_schedule_with_grains_again() => Schedules.RequireRepeatable();

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
        => Schedules.RequireFound(fault, first);
}
