using Microsoft.Extensions.Logging;
using Orleans.Transactions;

namespace Memento.Commit.Mixed;

/// <summary>The log messages of commits with participants of others.</summary>
internal static partial class MixedLog
{
    [LoggerMessage(
        EventId = 1230,
        Level = LogLevel.Warning,
        Message = "Participant {Participant} could not be asked for its vote about transaction "
            + "{TransactionId}, of which nothing is kept")]
    public static partial void NotAsked(
        ILogger logger, Exception exception, ParticipantId participant, Guid transactionId);

    [LoggerMessage(
        EventId = 1231,
        Level = LogLevel.Warning,
        Message = "Participant {Participant} did not answer that transaction {TransactionId} is "
            + "committed; it is told again until it does")]
    public static partial void NotConfirmed(
        ILogger logger, Exception exception, ParticipantId participant, Guid transactionId);

    [LoggerMessage(
        EventId = 1232,
        Level = LogLevel.Information,
        Message = "Transaction {TransactionId}, which silo {Silo} had committed before it ended, "
            + "is confirmed to its {Count} participants")]
    public static partial void Adopted(
        ILogger logger, Guid transactionId, SiloAddress silo, int count);

    [LoggerMessage(
        EventId = 1234,
        Level = LogLevel.Error,
        Message = "Transaction {TransactionId} is aborted: Orleans' own agent has made a partition "
            + "in ram its manager, other transactional grains wait for the decision, and this "
            + "store has no durable storage to keep it in; call AddMemento in the client")]
    public static partial void Undecidable(ILogger logger, Guid transactionId);

    [LoggerMessage(
        EventId = 1235,
        Level = LogLevel.Warning,
        Message = "An operator has had transaction {TransactionId} forgotten: it is committed, and "
            + "participants that have not answered are not told any more")]
    public static partial void Forgotten(ILogger logger, Guid transactionId);

    [LoggerMessage(
        EventId = 1233,
        Level = LogLevel.Warning,
        Message = "The storage could not be asked for decisions that transactional grains wait "
            + "for; it is asked again")]
    public static partial void LookFailed(ILogger logger, Exception exception);
}
