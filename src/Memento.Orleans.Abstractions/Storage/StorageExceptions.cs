namespace Memento.Storage;

/// <summary>
/// The storage failed at the very commit of a batch and cannot be asked whether the batch is in.
/// The journal stops and asks <see cref="IJournalStorage.SettleAsync"/> until it gets an answer;
/// until then the storage refuses whatever would see one of the two.
/// </summary>
/// <param name="message">What happened, to what, and what to do.</param>
/// <param name="innerException">What the storage said.</param>
public sealed class BatchInDoubtException(string message, Exception innerException)
    : Exception(message, innerException);

/// <summary>
/// One entry of a batch cannot be stored, whatever stands beside it: a document that is too large,
/// say. Nothing of the batch was kept; without the entry it may be.
/// </summary>
/// <param name="transactionId">The transaction of the entry.</param>
/// <param name="reason">What its caller is told.</param>
public sealed class EntryRefusedException(Guid transactionId, StorageException reason)
    : Exception(
        $"The entry of transaction {transactionId} cannot be stored: {reason.Message}", reason)
{
    /// <summary>The transaction of the entry.</summary>
    public Guid TransactionId { get; } = transactionId;

    /// <summary>What its caller is told.</summary>
    public StorageException Reason { get; } = reason;
}

/// <summary>A batch relied on a partition that has a newer owner; nothing of it was kept.</summary>
/// <param name="table">The table.</param>
/// <param name="partition">The partition.</param>
public sealed class FencedException(string table, int partition)
    : Exception($"Partition {partition} of table '{table}' has a newer owner.")
{
    /// <summary>The table of the partition that has a newer owner.</summary>
    public string Table { get; } = table;

    /// <summary>The partition that has a newer owner.</summary>
    public int Partition { get; } = partition;
}

/// <summary>
/// A batch would have committed a transaction whose outcome stands already, as a rule "aborted"
/// from <see cref="IJournalStorage.DecideAsync"/>; nothing of the batch was kept.
/// </summary>
/// <param name="transactionId">The transaction.</param>
/// <param name="outcome">The outcome that stands.</param>
public sealed class OutcomeDecidedException(Guid transactionId, TransactionOutcome outcome)
    : Exception($"The outcome of transaction {transactionId} is decided already: {outcome}.")
{
    /// <summary>The transaction whose outcome stands.</summary>
    public Guid TransactionId { get; } = transactionId;

    /// <summary>The outcome that stands.</summary>
    public TransactionOutcome Outcome { get; } = outcome;
}
