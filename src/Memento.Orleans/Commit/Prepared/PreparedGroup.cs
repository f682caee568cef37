using Memento.Participants;
using Memento.Partitions;

namespace Memento.Commit.Prepared;

/// <summary>
/// The partitions of this silo that take part in a transaction which others decide. A decision
/// about one is a decision about all: they are applied together.
/// </summary>
/// <param name="id">The transaction.</param>
internal sealed class PreparedGroup(Guid id)
{
    /// <summary>Guards the group, its parts and their machines.</summary>
    public Lock Gate { get; } = new();

    public Guid Id { get; } = id;

    /// <summary>
    /// The transaction in this silo; null: all that is here of it was read from the storage.
    /// </summary>
    public TransactionState? State { get; set; }

    public List<PreparedPart> Parts { get; } = [];

    /// <summary>Whether any of it was committed.</summary>
    public bool IsCommitted { get; set; }

    /// <summary>Ends when what is confirmed is durable and applied; null: nothing is.</summary>
    public TaskCompletionSource? Confirming { get; set; }

    /// <summary>Whether it has ended in all partitions of this silo.</summary>
    public bool HasEnded
        => State is null
            || State.Participants.All(static each =>
                each is not LocalParticipant local
                    || local.Transaction.Phase == TransactionPhase.Ended);

    public PreparedPart? Find(Partition? partition)
        => partition is null ? null : Parts.Find(each => each.Partition == partition);
}
