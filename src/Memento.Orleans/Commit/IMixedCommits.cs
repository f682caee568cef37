using Memento.Messages;
using Memento.Participants;
using Orleans.Transactions;

namespace Memento.Commit;

/// <summary>Commits transactions that have participants of others too.</summary>
internal interface IMixedCommits
{
    /// <summary>Commits a transaction whose commit has begun in this silo.</summary>
    /// <param name="state">The transaction in this silo.</param>
    /// <param name="own">Our participants, by name.</param>
    /// <param name="foreign">Those of others.</param>
    Task<CommitResult> CommitAsync(
        TransactionState state, IReadOnlyList<NamedParticipant> own, ForeignParts foreign);

    /// <summary>Commits a transaction of another process.</summary>
    Task<CommitResult> CommitAsync(CommitRequest request);

    /// <summary>
    /// Commits a transaction that Orleans' own agent ends, and for which it has made one of our
    /// partitions the manager. All participants vote by messages of their own.
    /// </summary>
    /// <param name="transactionId">The transaction.</param>
    /// <param name="self">The partition.</param>
    /// <param name="timeStamp">The time by which the participants know it.</param>
    /// <param name="writers">All participants that have written.</param>
    /// <param name="voters">How many participants there are besides the partition.</param>
    Task<TransactionalStatus> ManageAsync(
        Guid transactionId,
        NamedParticipant self,
        DateTime timeStamp,
        IReadOnlyList<ParticipantId> writers,
        int voters);

    /// <summary>
    /// A message to one of our partitions as the manager: see <see cref="ManageAsync"/>. A vote may
    /// come before the manager knows that it is one.
    /// </summary>
    Task ReceiveAsync(ManagerMessage message);

    /// <summary>
    /// A participant has voted, or asks how its transaction has ended. Where this fails, it asks
    /// again.
    /// </summary>
    /// <param name="manager">The silo that manages the transaction.</param>
    /// <param name="message">The message.</param>
    Task ReceiveAsync(SiloAddress manager, ManagerMessage message);
}
