using Memento.Collections;
using Memento.Keys;
using Memento.Locks;

namespace Memento.Partitions;

/// <content>Figures about it.</content>
internal sealed partial class Partition
{
    /// <summary>
    /// Whether others have the key of a record, or wait for it. Under the gate, for an operation.
    /// </summary>
    public bool IsTakenByOthers(PartitionTransaction transaction, Key key)
        => _locks.IsTakenByOthers(transaction, LockResource.InSpace(KeySpace.Records, key));

    /// <summary>
    /// The number of committed records, an estimate of their bytes, and the number of records that
    /// were set aside.
    /// </summary>
    public (long Count, long EstimatedSize, long Unreadable) Measure()
    {
        lock (_gate)
            return (_content.Count, _content.EstimatedSize, _content.Unreadable);
    }

    /// <summary>Describes it for callers.</summary>
    /// <param name="silo">This silo.</param>
    public PartitionInfo Describe(SiloAddress silo)
    {
        (long count, long size, long unreadable) = Measure();
        return new PartitionInfo(Number, silo.ToString(), count, size)
        {
            Table = Table.Name,
            Unreadable = unreadable,
            LostAt = LostAt,
        };
    }

    /// <summary>
    /// The highest number among its keys, for auto-increment, with the journal position that wrote
    /// it; 0 if there is none.
    /// </summary>
    public (long Number, long Position) HighestNumber()
    {
        lock (_gate)
        {
            long aside = _content.HighestUnreadableNumber;
            OrderedMapRange<StoredRecord> all =
                _content.Records.Range(null, null, isBackward: true);
            return all.MoveNext()
                && Table.TryGetNumber(all.CurrentValue.Record, out long number)
                && number > aside
                    ? (number, all.CurrentValue.Position)
                    : (Math.Max(0, aside), 0);
        }
    }

    /// <summary>Whether there is no lock and no transaction.</summary>
    public bool IsIdle()
    {
        lock (_gate)
            return _transactions.Count == 0 && (_isBroken || _locks.IsIdle);
    }

    /// <summary>
    /// Adds every held and every requested lock, and those that transactions wait for that hold
    /// nothing.
    /// </summary>
    public void DescribeLocks(List<LockInfo> locks)
    {
        lock (_gate)
        {
            _locks.Describe(locks);
            foreach (PartitionTransaction transaction in _transactions.Values)
                transaction.Waiting?.DescribeBehind(transaction.TransactionId, locks);
        }
    }
}
