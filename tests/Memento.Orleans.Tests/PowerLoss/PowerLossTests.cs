using Memento.CrashChild;

namespace Memento.Tests.PowerLoss;

/// <summary>
/// The machine loses its power, and its disk has what was synced, and of the rest anything.
/// MEMENTO_POWER_LOSSES asks for more of them.
/// </summary>
public sealed class PowerLossTests
{
    private const int LossesInContinuousIntegration = 100;
    private const int FewLosses = 40;

    [Fact]
    public async Task What_was_acknowledged_before_a_power_loss_is_there_and_nothing_by_half()
        => Assert.Empty(await LostAsync(CrashStorage.Sqlite, Losses()));

    [Fact]
    public async Task A_power_loss_takes_the_last_commits_that_were_not_synced_and_nothing_by_half()
        => Assert.NotEmpty(await LostAsync(CrashStorage.SqliteWritten, FewLosses));

    private static int Losses() => Settings.Number(
        "MEMENTO_POWER_LOSSES",
        Environment.GetEnvironmentVariable("CI") == "true"
            ? LossesInContinuousIntegration
            : FewLosses);

    private static async Task<List<string>> LostAsync(string storage, int losses)
    {
        int seed = Settings.RunSeed;
        try
        {
            using var run = new PowerLossRun(storage, seed);
            List<string> lost = await run.RunAsync(losses);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"Seed {seed}: {losses} power losses during {run.Acknowledged} acknowledgements "
                + $"and {run.Checkpoints} checkpoints; {lost.Count} commits were lost.");
            Assert.True(run.Acknowledged > 0 && run.Checkpoints > 0, "The silos did nothing.");
            return lost;
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"MEMENTO_RUN_SEED={seed}", exception);
        }
    }
}
