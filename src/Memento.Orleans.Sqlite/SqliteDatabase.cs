using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Memento.Storage.Sqlite;

/// <summary>An open connection and its prepared statements. Not thread-safe.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    // After a long read has let the log grow, the log shrinks to this size again.
    private const int LogLimitBytes = 64 << 20;
    private const string SyncCheckpoints = "PRAGMA checkpoint_fullfsync = ON";
    private const int CacheLimitKibibytes = 32 << 10;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    private SqliteDatabase(SqliteConnection connection, SqliteSettings settings)
    {
        _connection = connection;
        raw.sqlite3_extended_result_codes(Handle, 1);
        raw.sqlite3_busy_timeout(Handle, (int)settings.BusyTimeout.TotalMilliseconds);
    }

    /// <summary>
    /// Whether a transaction is open: it has not ended, and SQLite has not rolled it back.
    /// </summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>The log's file, which is beside the one that a link leads to.</summary>
    public string LogPath => raw.sqlite3_db_filename(Handle, "main").utf8_to_string() + "-wal";

    /// <summary>The number of rows that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(Handle);

    private sqlite3 Handle => _connection.Handle
        ?? throw new InvalidOperationException("The connection is closed.");

    /// <summary>Opens a connection, and changes nothing in the file.</summary>
    public static SqliteDatabase Open(SqliteSettings settings, string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(settings.ConnectionString(path, mode));
        try
        {
            connection.Open();
            return new SqliteDatabase(connection, settings);
        }
        catch (InvalidOperationException failure)
        {
            connection.Dispose();
            throw new StorageException(
                $"SQLite {path} cannot be opened with this connection string: {failure.Message} "
                + "Leave 'Password' out; to encrypt the file, encrypt its disk.",
                failure);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sets the connection up to write.</summary>
    public void PrepareToWrite(StorageDurability durability)
    {
        if (raw.sqlite3_db_readonly(Handle, "main") == 1)
            throw new SqliteException("the file was opened read-only", raw.SQLITE_READONLY);

        using (var statement = Prepare("PRAGMA journal_mode = WAL"))
        {
            if (!statement.Step() || statement.Text(0) != "wal")
            {
                throw new SqliteException(
                    "the file system does not support SQLite's write-ahead log",
                    raw.SQLITE_IOERR);
            }
        }

        Synchronise(durability);
        // Only macOS uses these: there, fsync alone leaves data in the drive's cache.
        Execute("PRAGMA fullfsync = ON");
        Execute(SyncCheckpoints);
        // A renamed table does not change its views. Otherwise the view would break, and each later
        // rename with it.
        Execute("PRAGMA legacy_alter_table = ON");
        Execute($"PRAGMA journal_size_limit = {LogLimitBytes}");
        Execute($"PRAGMA cache_size = -{CacheLimitKibibytes}");
    }

    /// <summary>Sets the connection up to copy the log beside the writer.</summary>
    public void PrepareToCheckpoint()
    {
        Synchronise(StorageDurability.Fsynced);
        Execute(SyncCheckpoints);
    }

    /// <summary>Leaves the copying of the log to another connection.</summary>
    public void LeaveCheckpoints() => Execute("PRAGMA wal_autocheckpoint = 0");

    /// <summary>
    /// The pages that were written to the log since the last call. Never fails, because a commit
    /// was durable before it.
    /// </summary>
    public int TakeWrittenPages() =>
        raw.sqlite3_db_status(
            Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out int pages, out _, 1) == raw.SQLITE_OK
            ? pages
            : 0;

    /// <summary>Sets whether each commit waits for the disk. Only outside a transaction.</summary>
    public void Synchronise(StorageDurability durability) =>
        Execute(durability == StorageDurability.Fsynced
            ? "PRAGMA synchronous = FULL"
            : "PRAGMA synchronous = NORMAL");

    public SqliteStatement Prepare(string text) => new(Handle, text);

    /// <summary>A statement that stays prepared, for texts that are used often.</summary>
    public SqliteStatement Prepared(string text)
    {
        if (!_statements.TryGetValue(text, out var statement))
        {
            statement = Prepare(text);
            _statements.Add(text, statement);
        }

        return statement;
    }

    public void Execute(string text)
    {
        using var statement = Prepare(text);
        statement.Execute();
    }

    public long? Scalar(string text)
    {
        using var statement = Prepare(text);
        return statement.Scalar();
    }

    public void Begin() => Prepared("BEGIN IMMEDIATE").Execute();

    public void Commit() => Prepared("COMMIT").Execute();

    public void Rollback()
    {
        if (InTransaction) Prepared("ROLLBACK").Execute();
    }

    /// <summary>
    /// Copies as much of the log into the main file as nobody needs, without waiting for anybody.
    /// </summary>
    /// <returns>
    /// The pages in the log, and how many of them have been copied; none, if another connection is
    /// copying.
    /// </returns>
    public (int InLog, int Copied) CheckpointBeside()
    {
        int code = raw.sqlite3_wal_checkpoint_v2(
            Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out int inLog, out int copied);
        if ((code & 0xFF) == raw.SQLITE_BUSY) return (1, 0);
        return code == raw.SQLITE_OK ? (inLog, copied) : throw SqliteErrors.Of(Handle, code);
    }

    /// <summary>Drops the prepared statements, before a table that they name is removed.</summary>
    public void ForgetStatements()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _statements.Clear();
    }

    public void Dispose()
    {
        ForgetStatements();
        _connection.Dispose();
    }
}
