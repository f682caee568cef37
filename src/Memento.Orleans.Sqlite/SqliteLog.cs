using Microsoft.Extensions.Logging;

namespace Memento.Storage.Sqlite;

/// <summary>What the SQLite storage says in the log.</summary>
internal static partial class SqliteLog
{
    [LoggerMessage(
        EventId = 1200,
        Level = LogLevel.Warning,
        Message = "The rows of dropped tables in {File} could not be removed; they only take space, and it "
            + "is tried again in {Pause}")]
    public static partial void CleaningFailed(
        ILogger logger, Exception exception, string file, TimeSpan pause);
}
