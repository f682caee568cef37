using Memento.Collections;
using Memento.Locks;

namespace Memento.Partitions;

/// <content>What it tells of itself.</content>
internal sealed partial class Partition
{
    /// <summary>How many committed records there are, and about how many bytes they take.</summary>
    public (long Count, long EstimatedSize) Measure()
    {
        lock (_gate)
            return (_content.Count, _content.EstimatedSize);
    }

    /// <summary>
    /// The highest number that a key has here, for auto-increment, with the journal position that
    /// wrote it; 0 where there is none.
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

    /// <summary>Whether nothing is locked and no transaction is here.</summary>
    public bool IsIdle()
    {
        lock (_gate)
            return _transactions.Count == 0 && _locks.IsIdle;
    }

    /// <summary>Adds every lock that is held or waited for here.</summary>
    public void DescribeLocks(List<LockInfo> locks)
    {
        lock (_gate)
            _locks.Describe(locks);
    }
}
