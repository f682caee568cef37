using Microsoft.Extensions.Logging;
using Orleans.Transactions;

namespace Memento.Commit.Mixed;

/// <summary>The log messages of commits with participants of others.</summary>
internal static partial class MixedLog
{
    [LoggerMessage(
        EventId = 1220,
        Level = LogLevel.Warning,
        Message = "Participant {Participant} could not be asked for its vote about transaction "
            + "{TransactionId}, of which nothing is kept")]
    public static partial void NotAsked(
        ILogger logger, Exception exception, ParticipantId participant, Guid transactionId);

    [LoggerMessage(
        EventId = 1221,
        Level = LogLevel.Warning,
        Message = "Participant {Participant} did not answer that transaction {TransactionId} is "
            + "committed; it is told again until it does")]
    public static partial void NotConfirmed(
        ILogger logger, Exception exception, ParticipantId participant, Guid transactionId);

    [LoggerMessage(
        EventId = 1222,
        Level = LogLevel.Information,
        Message = "Transaction {TransactionId}, which silo {Silo} had committed before it ended, "
            + "is confirmed to its {Count} participants")]
    public static partial void Adopted(
        ILogger logger, Guid transactionId, SiloAddress silo, int count);

    [LoggerMessage(
        EventId = 1224,
        Level = LogLevel.Error,
        Message = "Transaction {TransactionId} is aborted: Orleans' own agent has made a partition "
            + "in ram its manager, other transactional grains wait for the decision, and this "
            + "store has no durable storage to keep it in; call AddMemento in the client")]
    public static partial void Undecidable(ILogger logger, Guid transactionId);

    [LoggerMessage(
        EventId = 1223,
        Level = LogLevel.Warning,
        Message = "The storage could not be asked for decisions that transactional grains wait "
            + "for; it is asked again")]
    public static partial void LookFailed(ILogger logger, Exception exception);
}
