using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions;

/// <content>
/// Transactions that are prepared, and wait for the decision of a participant of others.
/// </content>
internal sealed partial class Partition
{
    /// <summary>
    /// The storage has a sealed transaction as prepared. Where the partition is closed, or will be,
    /// the next owner has it, and it ends here.
    /// </summary>
    public void KeepPrepared(PartitionTransaction transaction)
    {
        lock (_gate)
        {
            if (transaction.Phase != TransactionPhase.Sealed) return;

            transaction.IsPrepared = true;
            if (_closed is not null && MayLeave(transaction)) End(transaction);
        }

        Wake();
    }

    /// <summary>
    /// Begins to write what a prepared transaction has written: the partition waits for it before
    /// it is closed. False: it has ended here.
    /// </summary>
    public bool TryBeginConfirm(PartitionTransaction transaction)
    {
        lock (_gate)
        {
            if (transaction.Phase != TransactionPhase.Sealed) return false;

            transaction.IsPrepared = false;
            return true;
        }
    }

    /// <summary>
    /// Adds a transaction that is prepared in the storage, with its locks for writing. It needs no
    /// others: it reads no more. Before anybody uses the partition.
    /// </summary>
    /// <returns>Null: it has not got its locks.</returns>
    public PartitionTransaction? Restore(
        TransactionHeader header, IReadOnlyList<StagedWrite> writes)
    {
        lock (_gate)
        {
            var restored = new PartitionTransaction(header, _content, this);
            var locks = new LockTaker(_locks, restored, _resumed);
            foreach (StagedWrite write in writes)
            {
                if (!TryTakeFor(restored, write, ref locks)) return null;
                restored.Staged.Add(write);
                if (!write.Space.IsRecords) continue;

                _content.Reserve(write.Key.Bytes);
                if (write.Record is { } record) _content.Complete(record);
            }

            restored.MoveTo(TransactionPhase.Sealed);
            restored.IsPrepared = true;
            _transactions.Add(header.TransactionId, restored);
            return restored;
        }
    }

    /// <summary>
    /// All rows of the partition with the writes of a transaction that empties it, for the storage:
    /// the other partitions of the table are in transactions of their own there.
    /// </summary>
    public List<StagedWrite> FindCleared()
    {
        lock (_gate)
        {
            List<StagedWrite> cleared = [];
            IEnumerable<KeySpace> spaces =
                [KeySpace.Records, .. _content.Indexes.Unique.Select(static each => each.Values)];
            foreach (KeySpace space in spaces)
            {
                foreach ((byte[] key, _) in _content[space].Range(null, null))
                    cleared.Add(new StagedWrite(space, new Key(key), null, null, null));
            }

            return cleared;
        }
    }

    /// <summary>
    /// The key space that a stored table has the rows of; null: the partition has none of its name.
    /// </summary>
    public KeySpace? FindSpace(string stored)
    {
        lock (_gate)
        {
            if (stored == Table.Name) return KeySpace.Records;

            foreach (IndexDefinition index in _content.Indexes.Unique)
            {
                if (Table.StorageName(index.Values) == stored) return index.Values;
            }

            return null;
        }
    }

    private bool MayLeave(PartitionTransaction transaction)
        => transaction.Phase == TransactionPhase.Running
            || (transaction.IsPrepared && transaction.Phase == TransactionPhase.Sealed
                && Table.Storage == TableStorage.Disk);

    private bool TryTakeFor(
        PartitionTransaction transaction, StagedWrite write, ref LockTaker locks)
    {
        if (!write.Space.IsRecords) return locks.TryTakeKey(write.Space, write.Key, writes: true);

        byte[] key = Table.WithoutNumber(write.Key.Bytes);
        StoredRecord? standing = _content.Find(KeySpace.Records, write.Key.Bytes);
        return locks.TryTakeKey(KeySpace.Records, new Key(key), writes: true)
            && EntryLocks.TryTake(
                transaction, ref locks, key, standing?.Record, write.Record?.Record);
    }
}
