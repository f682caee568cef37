using Memento.Partitions;
using Memento.TwoPhase;
using Orleans.Transactions;

namespace Memento.Commit.Prepared;

/// <summary>A transaction in one partition of this silo, which others decide.</summary>
/// <param name="transaction">The transaction in its partition.</param>
/// <param name="timeStamp">The time by which the manager knows it.</param>
/// <param name="self">The partition, as the manager knows it.</param>
/// <param name="manager">
/// Who decides it; null: nobody, as it has only read everywhere, and its caller waits for the vote.
/// </param>
internal sealed class PreparedPart(
    PartitionTransaction transaction,
    DateTime timeStamp,
    ParticipantId self,
    ParticipantId? manager)
{
    /// <summary>The pause before a prepared row that was not deleted is deleted again.</summary>
    public static readonly TimeSpan DropPause = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource<TransactionalStatus> _vote =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Voter Voter { get; } = new();

    public PartitionTransaction Transaction { get; } = transaction;

    public Partition Partition => Transaction.Partition;

    public DateTime TimeStamp { get; } = timeStamp;

    public ParticipantId Self { get; } = self;

    public ParticipantId? Manager { get; } = manager;

    /// <summary>Whether it is kept in the storage while it is prepared.</summary>
    public bool IsStored => Partition.Table.Storage == TableStorage.Disk;

    /// <summary>Whether the storage may have its prepared row.</summary>
    public bool MayHaveRow { get; set; }

    /// <summary>When something was heard of it last, or the manager was asked.</summary>
    public long HeardAt { get; set; }

    /// <summary>How long it waits after that before the manager is asked.</summary>
    public required TimeSpan Pause { get; set; }

    /// <summary>The vote, for a caller that waits for it.</summary>
    public Task<TransactionalStatus> Vote => _vote.Task;

    /// <summary>Gives a caller the vote.</summary>
    public void TellVote(TransactionalStatus vote) => _vote.TrySetResult(vote);
}
