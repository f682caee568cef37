using Memento.Collections;
using Memento.Keys;

namespace Memento.Partitions;

/// <summary>
/// Reads the records of one key of a bag that a transaction sees, in the order in which they were
/// written. It can pause, because a key may have very many. The key is locked.
/// </summary>
/// <param name="key">The key.</param>
/// <param name="most">How many records are wanted, at the most.</param>
internal sealed class BagRead(Key key, int most = int.MaxValue)
{
    private byte[]? _last;

    /// <summary>The records that were found so far.</summary>
    public List<StoredRecord> Found { get; } = [];

    /// <summary>Goes on, under the gate, to its end or to the end of the turn.</summary>
    /// <returns>Whether it is at its end.</returns>
    public bool TryGoOn(PartitionTransaction transaction, ref GateTurn turn)
    {
        transaction.DependOn(transaction.Content.LastPosition);
        StagedWrites seen = transaction.Seen;
        OrderedMap<StoredRecord> records = transaction.Content.Records;
        OrderedMapRange<StoredRecord> ahead = _last is null
            ? records.Prefix(key.Bytes)
            : records.Range(KeyBytes.Behind(_last), KeyBytes.PrefixEnd(key.Bytes));
        foreach ((byte[] place, StoredRecord record) in ahead)
        {
            if (Found.Count == most) return true;
            if (seen.Find(KeySpace.Records, new Key(place)) is null) Found.Add(record);

            _last = place;
            if (turn.EndsWithStep()) return false;
        }

        // They come last: who has written into a key has locked it, and others wrote before.
        foreach (StagedWrite write in seen.Effective)
        {
            if (Found.Count == most) return true;
            if (write.Space.IsRecords && write.Record is not null
                && KeyBytes.WithoutSuffix(write.Key.Bytes).SequenceEqual(key.Bytes))
            {
                Found.Add(write.Record);
            }
        }

        return true;
    }

    /// <summary>Goes to its end, however long that takes.</summary>
    public List<StoredRecord> GoToEnd(PartitionTransaction transaction)
    {
        bool isAtEnd;
        do
        {
            var turn = new GateTurn(transaction.Partition.Time);
            isAtEnd = TryGoOn(transaction, ref turn);
        }
        while (!isAtEnd);

        return Found;
    }
}
