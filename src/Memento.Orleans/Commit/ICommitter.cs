using Memento.Messages;
using Memento.Participants;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Commit;

/// <summary>
/// Ends transactions in which partitions of ours take part. A silo and a client have one
/// implementation each.
/// </summary>
internal interface ICommitter
{
    /// <summary>The journal's generation, for a transaction that begins; 0 in a client.</summary>
    int Generation { get; }

    /// <summary>
    /// Commits a transaction. A failure of the transaction is a result, not an exception.
    /// </summary>
    /// <param name="transactionId">The attempt's id.</param>
    /// <param name="state">The state of the transaction in this process, if there is one.</param>
    /// <param name="recorded">
    /// The participants that grain calls have reported, with their operations.
    /// </param>
    ValueTask<CommitResult> CommitAsync(
        Guid transactionId,
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded);

    /// <summary>
    /// Commits a transaction with participants of others, whose manager a silo of ours is. Theirs
    /// are ended with it, however it ends.
    /// </summary>
    /// <param name="transactionId">The attempt's id.</param>
    /// <param name="state">The state of the transaction in this process, if there is one.</param>
    /// <param name="recorded">
    /// The participants that grain calls have reported, with their operations.
    /// </param>
    /// <param name="foreign">Those of them that are not ours.</param>
    ValueTask<CommitResult> CommitMixedAsync(
        Guid transactionId,
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded,
        ForeignParts foreign);

    /// <summary>
    /// Waits until all reads of an aborted transaction are durable, in all processes, because the
    /// result of its body may depend on them. Returns the reason if that is not known: a conflict
    /// if reads were taken back.
    /// </summary>
    ValueTask<MementoException?> ConfirmReadsAsync(TransactionState state);

    /// <summary>
    /// Ends a transaction without its writes, in all processes, and does not wait. A second call
    /// does nothing.
    /// </summary>
    /// <param name="transactionId">The attempt's id.</param>
    /// <param name="state">The state of the transaction in this process, if there is one.</param>
    /// <param name="recorded">
    /// The participants that grain calls have reported, with their operations.
    /// </param>
    void Abort(
        Guid transactionId,
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded);
}
