namespace Memento;

/// <summary>
/// A call uses a transaction that has ended, or needs a transaction where none runs.
/// </summary>
[GenerateSerializer]
[Alias("Memento.NoTransactionException")]
public sealed class NoTransactionException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public NoTransactionException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>
/// A call uses a snapshot that has ended: with its body, by its age, for the memory that it kept,
/// or because a silo with a part of it has ended. Nothing is lost: take another one.
/// </summary>
[GenerateSerializer]
[Alias("Memento.SnapshotEndedException")]
public sealed class SnapshotEndedException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public SnapshotEndedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>
/// The body called <see cref="ITransaction.Abort"/>. Nothing of the transaction was kept.
/// </summary>
[GenerateSerializer]
[Alias("Memento.TransactionAbortedException")]
public sealed class TransactionAbortedException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="reason">The reason that the body gave, if any.</param>
    public TransactionAbortedException(string? reason)
        : base(reason is null
            ? "The transaction was aborted by its body."
            : $"The transaction was aborted by its body: {reason}")
        => Reason = reason;

    /// <summary>The reason that the body gave to <see cref="ITransaction.Abort"/>.</summary>
    [Id(0)]
    public string? Reason { get; }
}

/// <summary>
/// A transaction lost a conflict against an older one, and its attempts are used up. Nothing of it
/// was kept.
/// </summary>
[GenerateSerializer]
[Alias("Memento.TransactionConflictException")]
public sealed class TransactionConflictException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public TransactionConflictException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>A transaction ran past its time limit. Nothing of it was kept.</summary>
[GenerateSerializer]
[Alias("Memento.TransactionTimeoutException")]
public sealed class TransactionTimeoutException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public TransactionTimeoutException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>
/// The answer to a commit was lost, and its outcome could not be found out: the transaction may
/// have been committed or not. The store does not run it again.
/// </summary>
[GenerateSerializer]
[Alias("Memento.TransactionInDoubtException")]
public sealed class TransactionInDoubtException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="transactionId">The transaction.</param>
    /// <param name="innerException">The error that kept the answer away.</param>
    public TransactionInDoubtException(Guid transactionId, Exception? innerException = null)
        : base(
            $"It is not known whether transaction {transactionId} was committed, because the "
            + "answer to its commit was lost. Read what it would have changed before you repeat "
            + "it.",
            innerException)
        => TransactionId = transactionId;

    /// <summary>The transaction whose outcome is unknown.</summary>
    [Id(0)]
    public Guid TransactionId { get; }
}
