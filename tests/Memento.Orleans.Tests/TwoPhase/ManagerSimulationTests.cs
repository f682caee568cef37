namespace Memento.Tests.TwoPhase;

/// <summary>
/// MEMENTO_SCHEDULES asks for more schedules, MEMENTO_SEED for the first seed; a failure says its
/// own.
/// </summary>
public sealed class ManagerSimulationTests
{
    private const int Schedules = 20_000;

    [Fact]
    public void Whatever_is_lost_or_late_or_dies_all_end_as_the_storage_says()
    {
        int first = Settings.Number("MEMENTO_SEED", 1);
        int count = Settings.Number("MEMENTO_SCHEDULES", Schedules);
        for (int seed = first; seed < first + count; seed++)
            Assert.Null(new ManagerSimulation(seed, PlantedBug.None).Run());
    }

    [Theory]
    [InlineData((int)PlantedBug.CountsMessages)]
    [InlineData((int)PlantedBug.TellsEarly)]
    [InlineData((int)PlantedBug.PresumesAbort)]
    [InlineData((int)PlantedBug.ForgetsEarly)]
    [InlineData((int)PlantedBug.CancelsDoubt)]
    public void A_bug_that_is_planted_is_found(int bug)
        => Assert.Contains(
            Enumerable.Range(1, Schedules),
            seed => new ManagerSimulation(seed, (PlantedBug)bug).IsWrong());
}
