using Microsoft.Extensions.Logging;

namespace Memento.Commit;

/// <summary>What commits say in the log.</summary>
internal static partial class CommitLog
{
    [LoggerMessage(
        EventId = 1200,
        Level = LogLevel.Warning,
        Message = "The answer to the commit of transaction {TransactionId} was lost; asking for its outcome")]
    public static partial void AnswerLost(ILogger logger, Exception exception, Guid transactionId);

    [LoggerMessage(
        EventId = 1202,
        Level = LogLevel.Warning,
        Message = "The answer to the abort of transaction {TransactionId} was lost; it is run again")]
    public static partial void AbortLost(ILogger logger, Exception exception, Guid transactionId);
}
