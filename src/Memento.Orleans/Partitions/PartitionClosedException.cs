namespace Memento.Partitions;

/// <summary>
/// The partition that a caller has in hand is not in use any more: its table was deleted, or it moved.
/// Never leaves the store: callers look the partition up again.
/// </summary>
internal sealed class PartitionClosedException(MementoException reason)
    : Exception(reason.Message, reason)
{
    public MementoException Reason { get; } = reason;
}
