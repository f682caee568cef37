namespace Memento;

/// <summary>
/// The answer to a commit was lost and its outcome could not be found out: the transaction may
/// have been committed or not. It is never retried.
/// </summary>
[GenerateSerializer]
[Alias("Memento.TransactionInDoubtException")]
public sealed class TransactionInDoubtException : MementoException
{
    /// <summary>Makes the error.</summary>
    /// <param name="transactionId">The transaction.</param>
    /// <param name="innerException">What kept the answer away.</param>
    public TransactionInDoubtException(Guid transactionId, Exception? innerException = null)
        : base(
            $"It is not known whether transaction {transactionId} was committed, because the answer "
            + "to its commit was lost. Read what it would have changed before you repeat it.",
            innerException)
        => TransactionId = transactionId;

    /// <summary>The transaction whose outcome is unknown.</summary>
    [Id(0)]
    public Guid TransactionId { get; }
}
