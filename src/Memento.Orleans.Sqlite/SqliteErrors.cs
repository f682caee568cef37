using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Memento.Storage.Sqlite;

/// <summary>Explains SQLite's errors: what they mean and what to do.</summary>
internal static class SqliteErrors
{
    // The low byte of an extended code is the primary one.
    private const int PrimaryMask = 0xff;

    /// <summary>The error that a connection has just reported.</summary>
    public static SqliteException Of(sqlite3 connection, int code)
    {
        string text = raw.sqlite3_errmsg(connection).utf8_to_string();
        return new SqliteException(text, code & PrimaryMask, code);
    }

    /// <summary>
    /// Whether the connection must not be used any more, because its file or disk failed.
    /// </summary>
    public static bool BreaksConnection(SqliteException failure) =>
        failure.SqliteErrorCode is not (raw.SQLITE_ERROR or raw.SQLITE_BUSY or raw.SQLITE_LOCKED
            or raw.SQLITE_FULL or raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_NOMEM);

    /// <summary>Whether the error is of one row, so that other rows may still be written.</summary>
    public static bool IsOfRow(SqliteException failure) =>
        failure.SqliteErrorCode is raw.SQLITE_TOOBIG or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH
            or raw.SQLITE_ERROR;

    /// <summary>The error that a caller sees.</summary>
    /// <param name="failure">The error of SQLite.</param>
    /// <param name="settings">The settings of the storage.</param>
    /// <param name="path">The file.</param>
    /// <param name="action">What could not be done: "write a batch".</param>
    public static StorageException Translate(
        SqliteException failure, SqliteSettings settings, string path, string action) =>
        new(
            $"SQLite {path} could not {action}: {Explain(failure, settings)} "
            + $"(SQLite error {failure.SqliteExtendedErrorCode}: {failure.Message})",
            failure);

    private static string Explain(SqliteException failure, SqliteSettings settings) =>
        failure.SqliteErrorCode switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => string.Create(
                CultureInfo.InvariantCulture,
                $"another program holds the file locked, still after {settings.BusyTimeout}. ")
                + "End its transaction or close it, and try again.",
            raw.SQLITE_READONLY =>
                "the file or its directory is read-only. Let this process write to both.",
            raw.SQLITE_FULL =>
                "the disk is full. Free space on it and try again; what was acknowledged is kept.",
            raw.SQLITE_IOERR =>
                "the disk reported an error. Look into the system's log and check the disk; what "
                + "was acknowledged is kept.",
            raw.SQLITE_CORRUPT =>
                "the file is damaged. Stop the silo, keep a copy of it, and restore a backup.",
            raw.SQLITE_CANTOPEN =>
                "the file cannot be opened. Check that the path names a file, not a directory, and "
                + "that this process may read and write it.",
            raw.SQLITE_NOTADB =>
                "the file is not an SQLite database, or it is encrypted. Name another file.",
            raw.SQLITE_TOOBIG => "a record is larger than SQLite can hold. Make it smaller.",
            raw.SQLITE_NOMEM => "there was no memory left. Give the process more, and try again.",
            _ => "SQLite refused.",
        };
}

/// <summary>The log messages of the SQLite storage.</summary>
internal static partial class SqliteLog
{
    [LoggerMessage(
        EventId = 1200,
        Level = LogLevel.Warning,
        Message = "The rows of dropped tables in {File} could not be removed; they only take "
            + "space, and it is tried again in {Pause}")]
    public static partial void CleaningFailed(
        ILogger logger, Exception exception, string file, TimeSpan pause);

    [LoggerMessage(
        EventId = 1201,
        Level = LogLevel.Warning,
        Message = "The log of {File} could not be copied into the file; nothing is lost, the log "
            + "grows, and it is tried again after the next writes")]
    public static partial void CheckpointFailed(
        ILogger logger, Exception exception, string file);
}
