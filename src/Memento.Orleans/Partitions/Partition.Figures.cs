using Memento.Collections;
using Memento.Locks;

namespace Memento.Partitions;

/// <content>Figures about it.</content>
internal sealed partial class Partition
{
    /// <summary>The number of committed records, and an estimate of their bytes.</summary>
    public (long Count, long EstimatedSize) Measure()
    {
        lock (_gate)
            return (_content.Count, _content.EstimatedSize);
    }

    /// <summary>
    /// The highest number among its keys, for auto-increment, with the journal position that wrote
    /// it; 0 if there is none.
    /// </summary>
    public (long Number, long Position) HighestNumber()
    {
        lock (_gate)
        {
            OrderedMapRange<StoredRecord> all =
                _content.Records.Range(null, null, isBackward: true);
            return all.MoveNext()
                && Table.TryGetNumber(all.CurrentValue.Record, out long number)
                    ? (Math.Max(0, number), all.CurrentValue.Position)
                    : (0, 0);
        }
    }

    /// <summary>Whether there is no lock and no transaction.</summary>
    public bool IsIdle()
    {
        lock (_gate)
            return _transactions.Count == 0 && (_isBroken || _locks.IsIdle);
    }

    /// <summary>Adds every held and every requested lock.</summary>
    public void DescribeLocks(List<LockInfo> locks)
    {
        lock (_gate)
            _locks.Describe(locks);
    }
}
