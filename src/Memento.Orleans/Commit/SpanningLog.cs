using Memento.Storage;
using Microsoft.Extensions.Logging;

namespace Memento.Commit;

/// <summary>The log messages of commits over several silos.</summary>
internal static partial class SpanningLog
{
    [LoggerMessage(
        EventId = 1210,
        Level = LogLevel.Warning,
        Message = "The decision about transaction {TransactionId} is not known yet; its records "
            + "stay locked, and it is looked for again")]
    public static partial void StillUndecided(
        ILogger logger, Exception exception, Guid transactionId);

    [LoggerMessage(
        EventId = 1211,
        Level = LogLevel.Information,
        Message = "Transaction {TransactionId}, whose coordinator {Coordinator} is silent, is "
            + "{Outcome}")]
    public static partial void Decided(
        ILogger logger, Guid transactionId, SiloAddress coordinator, TransactionOutcome outcome);

    [LoggerMessage(
        EventId = 1212,
        Level = LogLevel.Warning,
        Message = "Silo {Silo} did not answer to the decision about transaction {TransactionId}; "
            + "it is told again until it answers or is dead")]
    public static partial void NotTold(
        ILogger logger, Exception exception, SiloAddress silo, Guid transactionId);
}
