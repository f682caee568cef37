namespace Memento.Storage;

/// <summary>
/// One entry of a batch cannot be stored, whatever stands beside it: a document that is too large, say.
/// Nothing of the batch was kept; without the entry it may be.
/// </summary>
/// <param name="transactionId">The transaction of the entry.</param>
/// <param name="reason">What its caller is told.</param>
public sealed class EntryRefusedException(Guid transactionId, StorageException reason)
    : Exception($"The entry of transaction {transactionId} cannot be stored: {reason.Message}", reason)
{
    /// <summary>The transaction of the entry.</summary>
    public Guid TransactionId { get; } = transactionId;

    /// <summary>What its caller is told.</summary>
    public StorageException Reason { get; } = reason;
}
