namespace Memento.Storage;

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
