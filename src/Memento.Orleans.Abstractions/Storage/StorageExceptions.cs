namespace Memento.Storage;

/// <summary>
/// The storage failed in the commit of a batch, and cannot say whether the batch was kept. The
/// journal stops and asks <see cref="IJournalStorage.SettleAsync"/> until it gets an answer. Until
/// then the storage refuses every call whose result would depend on the answer.
/// </summary>
/// <param name="message">What happened, to what, and what to do.</param>
/// <param name="innerException">The error of the storage.</param>
public sealed class BatchInDoubtException(string message, Exception innerException)
    : Exception(message, innerException);

/// <summary>
/// One entry of a batch can never be stored, whatever the rest of the batch is: its document is too
/// large, for example. Nothing of the batch was kept. Without the entry, the batch may succeed.
/// </summary>
/// <param name="transactionId">The transaction of the entry.</param>
/// <param name="reason">The error that its caller gets.</param>
public sealed class EntryRefusedException(Guid transactionId, StorageException reason)
    : Exception(
        $"The entry of transaction {transactionId} cannot be stored: {reason.Message}", reason)
{
    /// <summary>The transaction of the entry.</summary>
    public Guid TransactionId { get; } = transactionId;

    /// <summary>The error that its caller gets.</summary>
    public StorageException Reason { get; } = reason;
}

/// <summary>
/// A batch relied on a partition that has a newer owner. Nothing of the batch was kept.
/// </summary>
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
/// A batch has a transaction whose outcome is decided already, usually as "aborted" by
/// <see cref="IJournalStorage.DecideAsync"/>. Nothing of the batch was kept.
/// </summary>
/// <param name="transactionId">The transaction.</param>
/// <param name="outcome">The outcome that counts.</param>
public sealed class OutcomeDecidedException(Guid transactionId, TransactionOutcome outcome)
    : Exception($"The outcome of transaction {transactionId} is decided already: {outcome}.")
{
    /// <summary>The transaction whose outcome is decided.</summary>
    public Guid TransactionId { get; } = transactionId;

    /// <summary>The outcome that counts.</summary>
    public TransactionOutcome Outcome { get; } = outcome;
}
