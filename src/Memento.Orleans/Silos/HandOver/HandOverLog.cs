using Microsoft.Extensions.Logging;

namespace Memento.Silos.HandOver;

/// <summary>The log messages of partitions that change their owners.</summary>
internal static partial class HandOverLog
{
    [LoggerMessage(
        EventId = 1310,
        Level = LogLevel.Warning,
        Message = "Silo {Silo} did not answer about its partitions; it is asked again until it "
            + "answers or is dead")]
    public static partial void NoAnswer(ILogger logger, Exception exception, SiloAddress silo);

    [LoggerMessage(
        EventId = 1311,
        Level = LogLevel.Error,
        Message = "Partition {Number} of table '{Table}' lost its records, which were in the ram "
            + "of silo {Silo}: that silo has died, or had to drop them because another one had "
            + "taken the partition. The partition begins empty")]
    public static partial void Lost(ILogger logger, int number, string table, SiloAddress silo);

    [LoggerMessage(
        EventId = 1312,
        Level = LogLevel.Information,
        Message = "Partition {Number} of table '{Table}' moves: it belongs to silo {Silo} now")]
    public static partial void Moves(ILogger logger, int number, string table, SiloAddress silo);

    [LoggerMessage(
        EventId = 1313,
        Level = LogLevel.Warning,
        Message = "Partition {Partition} could not be opened in another silo; it is tried again")]
    public static partial void NotOpened(ILogger logger, Exception exception, string partition);

    [LoggerMessage(
        EventId = 1316,
        Level = LogLevel.Warning,
        Message = "Silo {Silo} was not told which transactions this silo, which stops, has "
            + "committed. A client that asks it for one over ram is told that it is in doubt")]
    public static partial void NotRemembered(
        ILogger logger, Exception exception, SiloAddress silo);

    [LoggerMessage(
        EventId = 1314,
        Level = LogLevel.Information,
        Message = "The silo stops, and has handed {Count} partitions over to other silos")]
    public static partial void HandedOver(ILogger logger, int count);

    [LoggerMessage(
        EventId = 1315,
        Level = LogLevel.Error,
        Message = "The silo stops, and {Count} partitions of tables in ram were not handed over in "
            + "time: their records are lost")]
    public static partial void NotHandedOver(ILogger logger, int count);
}
