using Memento.Messages;
using Memento.Partitions.Locks;
using Memento.Transactions;

namespace Memento.Grains;

/// <summary>Lets transactions whose bodies run in other processes begin in this silo.</summary>
internal sealed class RemoteTransactions(
    TransactionRegistry registry,
    ICommitter committer,
    IPartitions partitions,
    AgeClock clock,
    TimeProvider time)
{
    /// <summary>Finds the transaction of a message, or begins it; gives it an age if it has none.</summary>
    /// <exception cref="NoTransactionException">It has ended: the message is late.</exception>
    public TransactionState Join(ExecuteRequest request)
        => registry.Join(request.TransactionId, () => new TransactionState(
            request.TransactionId,
            request.Age ?? new TransactionAge(clock.Next(), request.TransactionId),
            time.GetTimestamp()
                + (long)(request.Remaining.TotalSeconds * time.TimestampFrequency),
            committer.Generation,
            partitions,
            time)
        {
            IsJoined = true,
        });
}
