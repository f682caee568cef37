using Memento.Keys;

namespace Memento.Partitions.Operations;

/// <summary>
/// Locks keys for writing, and reads those of their records that satisfy a query. Where it skips,
/// keys that others are in the way of are left out, and nothing is waited for.
/// </summary>
[GenerateSerializer]
[Alias("Memento.LockResultsOperation")]
internal sealed class LockResultsOperation(FindTerms terms, byte[][] keys, bool skips)
    : FindOperation(terms, limit: null, after: null)
{
    /// <summary>The bytes of the keys.</summary>
    [Id(0)]
    public byte[][] Keys { get; } = keys;

    /// <summary>Whether it leaves out what others have locked.</summary>
    [Id(1)]
    public bool Skips { get; } = skips;

    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out Chunk result)
    {
        result = null!;
        List<Key> taken = new(Keys.Length);
        foreach (byte[] bytes in Keys)
        {
            var key = new Key(bytes);
            transaction.RequireAlone(KeySpace.Records, key);
            if (Skips)
            {
                if (locks.TryTakeKeyAtOnce(KeySpace.Records, key)) taken.Add(key);
            }
            else
            {
                if (!locks.TryTakeKey(KeySpace.Records, key, writes: true)) return false;
                taken.Add(key);
            }
        }

        IRecordSource source = transaction;
        var chunk = new ChunkBuilder(Terms, Terms.Order, limit: null, after: null);
        foreach (Key key in taken)
        {
            foreach (StoredRecord found in source.FindAll(key))
            {
                if (chunk.Takes(found)) chunk.Add(found.Key, found);
            }
        }

        chunk.Locked = taken.Count;
        result = chunk.ToChunk(last: null);
        return true;
    }
}
