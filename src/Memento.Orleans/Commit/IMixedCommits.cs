using Memento.Messages;
using Memento.Participants;

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
    /// A participant has voted, or asks how its transaction has ended. Where this fails, it asks
    /// again.
    /// </summary>
    /// <param name="manager">The silo that manages the transaction.</param>
    /// <param name="message">The message.</param>
    Task ReceiveAsync(SiloAddress manager, ManagerMessage message);
}
