using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Memento.Journaling;

/// <summary>
/// The log of the journal. A log provider may throw, and that must not affect a commit, which may
/// be durable by then. The failure goes to the trace listeners instead.
/// </summary>
internal sealed class JournalLog(ILogger inner) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => inner.BeginScope(state);

    // Log asks the provider, and catches its failure.
    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        try
        {
            if (inner.IsEnabled(logLevel))
                inner.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception failure)
        {
            Trace.TraceError(
                "Memento's journal could not write event {0} to the log: {1}", eventId, failure);
        }
    }
}

/// <summary>The log messages about the storage.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(
        EventId = 1100,
        Level = LogLevel.Error,
        Message = "The storage refused {Commits} commits, which were taken back, with {Others} "
            + "that had seen them")]
    public static partial void BatchFailed(
        ILogger logger, Exception exception, int commits, int others);

    [LoggerMessage(
        EventId = 1101, Level = LogLevel.Information,
        Message = "Disk tables are kept in {Storage}")]
    public static partial void Opened(ILogger logger, string storage);

    [LoggerMessage(
        EventId = 1103,
        Level = LogLevel.Warning,
        Message = "The storage has not said for {Elapsed} whether a batch of {Commits} commits was "
            + "kept; they wait")]
    public static partial void BatchStillInDoubt(
        ILogger logger, Exception exception, int commits, TimeSpan elapsed);

    [LoggerMessage(
        EventId = 1104,
        Level = LogLevel.Warning,
        Message = "A batch of {Commits} commits was in doubt for {Elapsed}; it was kept: {IsKept}")]
    public static partial void BatchSettled(
        ILogger logger, int commits, bool isKept, TimeSpan elapsed);

    [LoggerMessage(
        EventId = 1105,
        Level = LogLevel.Warning,
        Message = "The storage has been writing a batch of {Commits} commits for {Elapsed}; all "
            + "that write wait for it")]
    public static partial void BatchIsSlow(ILogger logger, int commits, TimeSpan elapsed);

    [LoggerMessage(
        EventId = 1106,
        Level = LogLevel.Warning,
        Message = "The storage took {Elapsed} over a batch of {Commits} commits")]
    public static partial void SlowBatchEnded(ILogger logger, int commits, TimeSpan elapsed);

    [LoggerMessage(
        EventId = 1107,
        Level = LogLevel.Critical,
        Message = "Memory may differ from the storage, because {Doing} failed; the process is "
            + "stopped")]
    public static partial void MemoryLost(ILogger logger, Exception exception, string doing);

    [LoggerMessage(
        EventId = 1102,
        Level = LogLevel.Information,
        Message = "Partition {Partition} of table {Table} was loaded: {Records} records in "
            + "{Elapsed}")]
    public static partial void Loaded(
        ILogger logger, int partition, string table, long records, TimeSpan elapsed);
}
