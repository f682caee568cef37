using Memento.Keys;

namespace Memento.Partitions;

/// <summary>
/// Counts how many records more, or fewer, a transaction sees in a partition because of its own
/// writes. It can pause, because they may be very many. The whole partition is locked.
/// </summary>
internal sealed class OwnCount
{
    private StagedWrites? _seen;
    private int _count;
    private int _rollbacks;
    private int _looked;

    /// <summary>How many more it has found so far; below 0: how many fewer.</summary>
    public long Difference { get; private set; }

    /// <summary>Goes on, under the gate, to its end or for a turn.</summary>
    /// <returns>Whether it is at its end.</returns>
    public bool TryGoOn(PartitionTransaction transaction)
    {
        BeginIfChanged(transaction.Seen);
        IReadOnlyList<StagedWrite> writes = _seen!.All;
        var turn = new GateTurn(transaction.Partition.Time);
        while (_looked < writes.Count)
        {
            StagedWrite write = writes[_looked++];
            if (write.Next is not null || !write.Space.IsRecords) continue;

            bool wasThere =
                transaction.Content.Find(KeySpace.Records, write.Key.Bytes) is not null;
            Difference += (write.Record is null ? 0 : 1) - (wasThere ? 1 : 0);
            if (turn.EndsWithStep()) return false;
        }

        return true;
    }

    /// <summary>Goes to its end, however long that takes.</summary>
    public long GoToEnd(PartitionTransaction transaction)
    {
        while (!TryGoOn(transaction))
        {
        }

        return Difference;
    }

    /// <summary>
    /// Begins; also again, if a nested body beside was undone meanwhile. Writes wait for the count.
    /// </summary>
    private void BeginIfChanged(StagedWrites seen)
    {
        if (ReferenceEquals(seen, _seen) && seen.Count == _count && seen.Rollbacks == _rollbacks)
            return;

        _seen = seen;
        _count = seen.Count;
        _rollbacks = seen.Rollbacks;
        _looked = 0;
        Difference = 0;
    }
}
