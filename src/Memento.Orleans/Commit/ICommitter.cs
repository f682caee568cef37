using Memento.Messages;
using Memento.Participants;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Commit;

/// <summary>
/// Ends transactions whose participants are all ours; in a silo and in a client differently.
/// </summary>
internal interface ICommitter
{
    /// <summary>The journal's generation, for a transaction that begins; 0 in a client.</summary>
    int Generation { get; }

    /// <summary>Commits; never throws for what can happen to a transaction.</summary>
    /// <param name="transactionId">The attempt's id.</param>
    /// <param name="state">What this process knows of the transaction, if anything.</param>
    /// <param name="recorded">
    /// The participants that grain calls brought back, with their operations.
    /// </param>
    ValueTask<CommitResult> CommitAsync(
        Guid transactionId,
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded);

    /// <summary>
    /// Waits until all that an aborted transaction has read is durable, here and elsewhere, for
    /// what its body says may tell of it. Gives the reason where that cannot be said: a conflict
    /// where it was taken back.
    /// </summary>
    ValueTask<MementoException?> ConfirmReadsAsync(TransactionState state);

    /// <summary>
    /// Ends a transaction without its writes, here and elsewhere; waits for nobody. The second time
    /// it does nothing.
    /// </summary>
    /// <param name="transactionId">The attempt's id.</param>
    /// <param name="state">What this process knows of the transaction, if anything.</param>
    /// <param name="recorded">
    /// The participants that grain calls brought back, with their operations.
    /// </param>
    void Abort(
        Guid transactionId,
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded);
}
