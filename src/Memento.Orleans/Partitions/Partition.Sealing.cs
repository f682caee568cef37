namespace Memento.Partitions;

/// <content>What a commit over several silos needs of it.</content>
internal sealed partial class Partition
{
    /// <summary>
    /// The latest journal position that a sealed transaction has seen here, or that it overwrites.
    /// It has to be durable before the rows of the transaction are written by another silo: the
    /// older row would come after them, and stay.
    /// </summary>
    public long PositionBelow(PartitionTransaction transaction)
    {
        lock (_gate)
        {
            long position = transaction.DependsOn;
            if (transaction.Staged.IsClearing) position = Math.Max(position, _content.LastPosition);
            foreach (StagedWrite write in transaction.Staged.Effective)
            {
                StoredRecord? standing = _content.Find(write.Space, write.Key.Bytes);
                position = Math.Max(
                    position, standing?.Position ?? _content.LastRemovalPosition);
            }

            return position;
        }
    }
}
