using Microsoft.Extensions.Logging;

namespace Memento.Silos.Leases;

/// <summary>The log messages about the lease of the silo.</summary>
internal static partial class LeaseLog
{
    [LoggerMessage(
        EventId = 1300,
        Level = LogLevel.Warning,
        Message = "The lease of this silo could not be renewed; if that lasts, operations wait "
            + "after {Duration}, and other silos may take its partitions")]
    public static partial void NotRenewed(
        ILogger logger, Exception exception, TimeSpan duration);

    [LoggerMessage(
        EventId = 1301,
        Level = LogLevel.Error,
        Message = "The lease of this silo has run out: operations on its {Count} partitions wait "
            + "until it is renewed")]
    public static partial void RanOut(ILogger logger, int count);

    [LoggerMessage(
        EventId = 1302,
        Level = LogLevel.Information,
        Message = "The lease of this silo is renewed: operations go on")]
    public static partial void GoesOn(ILogger logger);

    [LoggerMessage(
        EventId = 1303,
        Level = LogLevel.Warning,
        Message = "Partition {Number} of table '{Table}' was taken by another silo, and is closed "
            + "here; its transactions are run again")]
    public static partial void Lost(ILogger logger, int number, string table);

    [LoggerMessage(
        EventId = 1304,
        Level = LogLevel.Information,
        Message = "Partition {Number} of table '{Table}' waits until the silo that had it releases "
            + "it, or until its lease has ended")]
    public static partial void Waits(ILogger logger, int number, string table);

    [LoggerMessage(
        EventId = 1305,
        Level = LogLevel.Warning,
        Message = "Partition {Number} of table '{Table}' could not be released; another silo that "
            + "takes it waits for the end of this lease, {Duration}")]
    public static partial void NotReleased(
        ILogger logger, Exception exception, int number, string table, TimeSpan duration);

    [LoggerMessage(
        EventId = 1306,
        Level = LogLevel.Warning,
        Message = "The lease of this silo could not be ended; silos that take its partitions wait "
            + "for {Duration}")]
    public static partial void NotEnded(ILogger logger, Exception exception, TimeSpan duration);

    [LoggerMessage(
        EventId = 1307,
        Level = LogLevel.Warning,
        Message = "The membership of the cluster could not be read after partitions were lost")]
    public static partial void NotRefreshed(ILogger logger, Exception exception);
}
