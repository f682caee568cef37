using Memento.CrashChild;
using Memento.Tests.GrainStorages;
using Memento.Tests.PostgreSql;

namespace Memento.Tests.Crash;

/// <summary>
/// An acknowledged commit survives <c>kill -9</c>, and no half of a transaction ever shows. One
/// database goes through all rounds. MEMENTO_CRASH_ROUNDS asks for more rounds.
/// </summary>
/// <param name="storage">The storage, by name.</param>
/// <param name="rounds">The rounds in continuous integration.</param>
public abstract class CrashTests(
    string storage, int rounds = CrashTests.RoundsInContinuousIntegration)
{
    /// <summary>The rounds of a short run.</summary>
    protected const int FewRounds = 5;

    private const int RoundsInContinuousIntegration = 20;

    /// <summary>"starting", "ready", and so many acknowledgements at the most.</summary>
    private const int MostLines = 600;

    /// <summary>Where the storage is.</summary>
    protected abstract string Place { get; }

    [Fact]
    public async Task What_was_acknowledged_before_a_kill_is_there_and_nothing_is_there_by_half()
    {
        int last = Settings.Number(
            "MEMENTO_CRASH_ROUNDS",
            Environment.GetEnvironmentVariable("CI") == "true" ? rounds : FewRounds);
        int seed = Settings.RunSeed;
        var random = new Random(seed);
        var ledger = new CrashLedger();
        int round = 0;
        long lastNumber = 0;
        try
        {
            for (round = 1; round <= last; round++)
            {
                using var child = new CrashProcess(storage, Place, round, random.Next());
                List<string> said = await child.KillAfterAsync(MomentOf(round, random));
                foreach (string line in said)
                    ledger.Take(line);

                CrashState state = await CrashState.ReadAsync(storage, Place);
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
                $"Round {round} of seed {seed} failed; its storage is {Place}.", exception);
        }

        Assert.True(ledger.Transfers > 0 && ledger.Pairs > 0, "The children did nothing.");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"Seed {seed}: {last} kills, {ledger.Transfers} transfers and {ledger.Pairs} pairs "
            + "held.");
        await RemoveAsync();
    }

    /// <summary>Removes the storage, after success only.</summary>
    protected abstract ValueTask RemoveAsync();

    /// <summary>Every fifth child dies while it starts, the others under load.</summary>
    private static int MomentOf(int round, Random random)
        => round % 5 == 4 ? random.Next(3) : 3 + random.Next(MostLines);
}

public abstract class SqliteFileCrashTests(string storage) : CrashTests(storage)
{
    private readonly string _directory =
        Directory.CreateTempSubdirectory("memento-crash-").FullName;

    protected override string Place => Path.Combine(_directory, "crash.db");

    protected override ValueTask RemoveAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return default;
    }
}

public sealed class SqliteCrashTests() : SqliteFileCrashTests(CrashStorage.Sqlite);

/// <summary>The end of the process takes nothing that was written and not fsynced.</summary>
public sealed class SqliteWrittenCrashTests() : SqliteFileCrashTests(CrashStorage.SqliteWritten);

public sealed class PostgresCrashTests() : CrashTests(CrashStorage.PostgreSql)
{
    private readonly Lazy<PostgresUnderTest> _database = new(static () => new PostgresUnderTest());

    protected override string Place => _database.Value.ConnectionString;

    protected override ValueTask RemoveAsync() => _database.Value.DisposeAsync();
}

/// <summary>The server ends with the test process, so nothing is to be removed.</summary>
public sealed class RedisCrashTests() : CrashTests(CrashStorage.Redis)
{
    private readonly Lazy<RedisServer> _server = new(RedisServer.StartAnother);

    protected override string Place => _server.Value.ConnectionString;

    protected override ValueTask RemoveAsync() => default;
}

/// <summary>The same log as on Redis, and so fewer rounds.</summary>
public sealed class AdoNetCrashTests() : CrashTests(CrashStorage.AdoNet, FewRounds)
{
    private readonly Lazy<PostgresUnderTest> _database = new(static () =>
    {
        var database = new PostgresUnderTest();
        AdoNetPostgresProvider.MakeTables(database.ConnectionString);
        return database;
    });

    protected override string Place => _database.Value.ConnectionString;

    protected override ValueTask RemoveAsync() => _database.Value.DisposeAsync();
}
