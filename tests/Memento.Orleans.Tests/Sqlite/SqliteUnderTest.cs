using Memento.Storage;
using Memento.Storage.Sqlite;
using Memento.Tests.Compliance;
using Microsoft.Data.Sqlite;

namespace Memento.Tests.Sqlite;

/// <summary>SQLite on files of its own.</summary>
public sealed class SqliteUnderTest : StorageUnderTest
{
    private const int IoError = 10;
    private const int IoErrorOfSync = 1034;

    private readonly string _root = Directory.CreateTempSubdirectory("memento-").FullName;
    private string _place;
    private int _crashes;

    public SqliteUnderTest() => _place = Directory.CreateDirectory(PlaceAfter(0)).FullName;

    public override bool IsShared => false;

    private string FilePath => Path.Combine(_place, "test.db");

    public override IJournalStorage Create() => new SqliteJournalStorage(
        $"Data Source={FilePath}", new SqliteOptions { BusyTimeout = Patience });

    public override void Use(IMementoBuilder memento) => memento.UseSqlite(
        $"Data Source={FilePath}", sqlite => sqlite.BusyTimeout = Patience);

    public override async Task CrashAsync(
        IJournalStorage storage, CrashPoint point, Func<Task> change)
    {
        SqliteWriter writer = ((SqliteJournalStorage)storage).Writer;
        string left = PlaceAfter(++_crashes);
        if (point == CrashPoint.Before) CopyAtRest();
        writer.CommitForTests = database =>
        {
            long before = LogLength(_place);
            if (point == CrashPoint.BeforeCommit) TryCopy(left);
            database.Commit();
            if (point == CrashPoint.AfterCommit) TryCopy(left);
            if (point == CrashPoint.InCommit && TryCopy(left)) CutLog(left, before);
        };
        await change();
        writer.CommitForTests = null;
        if (point == CrashPoint.After) CopyAtRest();
        await storage.DisposeAsync();
        _place = left;

        // Nothing is written meanwhile, rows of emptied tables included.
        void CopyAtRest() => writer.Read("copy", _ => TryCopy(left));
    }

    public override IDisposable LoseCommits(IJournalStorage storage, bool areKept)
    {
        SqliteWriter writer = ((SqliteJournalStorage)storage).Writer;

        // A batch that is in cannot be made certain either.
        writer.WriteLogAgain = static _ => throw Failure();
        writer.CommitForTests = database =>
        {
            if (areKept)
                database.Commit();
            else
                database.Rollback();
            throw Failure();
        };
        return new End(() =>
        {
            writer.CommitForTests = null;
            writer.WriteLogAgain = SqliteLogFile.WriteAgain;
        });

        static SqliteException Failure() => new("disk I/O error", IoError, IoErrorOfSync);
    }

    public override IDisposable Fill(IJournalStorage storage)
    {
        SqliteWriter writer = ((SqliteJournalStorage)storage).Writer;
        LimitPages("1");
        return new End(() => LimitPages("1073741823"));

        // No fewer than there are.
        void LimitPages(string pages) => writer.Run(
            "limit", null, database => database.Scalar($"PRAGMA max_page_count = {pages}"));
    }

    public override IDisposable Hide()
    {
        string elsewhere = _place + ".elsewhere";
        Directory.Move(_place, elsewhere);
        return new End(() => Directory.Move(elsewhere, _place));
    }

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return default;
    }

    private static string Log(string place) => Path.Combine(place, "test.db-wal");

    private static long LogLength(string place)
        => new FileInfo(Log(place)) is { Exists: true } log ? log.Length : 0;

    /// <summary>Leaves half of what a commit has added to the log.</summary>
    private static void CutLog(string place, long lengthBefore)
    {
        using FileStream log = File.Open(Log(place), FileMode.Open);
        Assert.True(log.Length > lengthBefore, "The log began anew, and cannot be cut.");
        log.SetLength((lengthBefore + log.Length) / 2);
    }

    private string PlaceAfter(int crashes) => Path.Combine(_root, $"{crashes}");

    /// <summary>
    /// Copies what the process has written so far, which is what its end leaves; false where that
    /// was done: of several commits the first one counts.
    /// </summary>
    private bool TryCopy(string target)
    {
        if (Directory.Exists(target)) return false;

        Directory.CreateDirectory(target);
        foreach (string file in Directory.GetFiles(_place))
        {
            string name = Path.GetFileName(file);
            if (name.EndsWith(".db", StringComparison.Ordinal)
                || name.EndsWith("-wal", StringComparison.Ordinal))
            {
                File.Copy(file, Path.Combine(target, name));
            }
        }

        return true;
    }
}
