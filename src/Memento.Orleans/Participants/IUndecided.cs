namespace Memento.Participants;

/// <summary>
/// Transactions over tables and transactional grains in this silo that wait for somebody.
/// </summary>
internal interface IUndecided
{
    /// <summary>Those that wait now.</summary>
    IEnumerable<UndecidedTransaction> Describe();

    /// <summary>
    /// Does what an operator has decided about one; false: it is not here, or does not wait for
    /// such a decision.
    /// </summary>
    /// <exception cref="StorageException">It could not be written, and waits on.</exception>
    Task<bool> DecideAsync(Guid id, TransactionDecision decision);
}
