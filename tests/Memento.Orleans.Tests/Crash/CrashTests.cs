namespace Memento.Tests.Crash;

/// <summary>
/// An acknowledged commit survives <c>kill -9</c>, and no half of a transaction ever shows. One
/// database goes through all rounds.
/// </summary>
public sealed class CrashTests
{
    private const int RoundsInContinuousIntegration = 20;
    private const int RoundsElsewhere = 5;

    /// <summary>"starting", "ready", and so many acknowledgements at the most.</summary>
    private const int MostLines = 600;

    [Fact]
    public async Task What_was_acknowledged_before_a_kill_is_there_and_nothing_is_there_by_half()
    {
        int rounds = Environment.GetEnvironmentVariable("CI") == "true"
            ? RoundsInContinuousIntegration
            : RoundsElsewhere;
        int seed = Settings.RunSeed;
        var random = new Random(seed);
        string directory = Directory.CreateTempSubdirectory("memento-crash-").FullName;
        string file = Path.Combine(directory, "crash.db");
        var ledger = new CrashLedger();
        int round = 0;
        long lastNumber = 0;
        try
        {
            for (round = 1; round <= rounds; round++)
            {
                using var child = new CrashProcess(file, round, random.Next());
                List<string> said = await child.KillAfterAsync(MomentOf(round, random));
                foreach (string line in said)
                    ledger.Take(line);

                CrashState state = await CrashState.ReadAsync(file);
                ledger.Check(state);
                long highest = state.Receipts.Select(each => each.Id).DefaultIfEmpty().Max();
                Assert.True(
                    state.NextNumber > Math.Max(highest, lastNumber),
                    $"Number {state.NextNumber} comes after {highest} and {lastNumber}.");
                lastNumber = state.NextNumber;
            }
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException(
                $"Round {round} of seed {seed} failed; its files are in {directory}.", exception);
        }

        Assert.True(ledger.Transfers > 0 && ledger.Pairs > 0, "The children did nothing.");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"Seed {seed}: {rounds} kills, {ledger.Transfers} transfers and {ledger.Pairs} pairs "
            + "held.");
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Every fifth child dies while it starts, the others under load.</summary>
    private static int MomentOf(int round, Random random)
        => round % 5 == 4 ? random.Next(3) : 3 + random.Next(MostLines);
}
