using Memento.Keys;
using Memento.Locks;

namespace Memento.Partitions.Operations;

/// <summary>Finds records by their whole keys, and locks nothing but those.</summary>
[GenerateSerializer]
[Alias("Memento.ReadKeysOperation")]
internal sealed class ReadKeysOperation(FindTerms terms, int? limit, byte[]? after, byte[][] keys)
    : FindOperation(terms, limit, after)
{
    /// <summary>The bytes of the keys, in order.</summary>
    [Id(0)]
    public byte[][] Keys { get; } = keys;

    private bool IsSorted => Terms.Order == ChunkOrder.Sorted;

    private bool IsWalkedBackward => Terms.IsBackward && !IsSorted;

    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out object? result)
    {
        result = null;
        var chunk = new ChunkBuilder(Terms, Terms.Order, Limit, After);
        byte[]? last = null;
        for (int i = 0; i < Keys.Length && last is null; i++)
        {
            var key = new Key(Keys[IsWalkedBackward ? Keys.Length - 1 - i : i]);
            if (!locks.TryTakeKey(LockResource.RecordStore, key, writes: false)) return false;

            chunk.Locked++;
            last = Add(chunk, Find(transaction, key));
        }

        chunk.LocksPartition = locks.HasWholePartition;
        result = chunk.ToChunk(last);
        return true;
    }

    private byte[]? Add(ChunkBuilder chunk, List<StoredRecord> ofKey)
    {
        foreach (StoredRecord found in ofKey)
        {
            if (After is not null && !IsSorted && !Terms.IsBehind(found.Key, After)) continue;

            if (!chunk.Takes(found)) continue;

            chunk.Add(found.Key, found);
            if (chunk.IsFull) return found.Key;
        }

        return null;
    }

    private List<StoredRecord> Find(PartitionTransaction transaction, Key key)
    {
        if (transaction.Table.Type != TableType.Bag)
            return transaction.Find(LockResource.RecordStore, key) is { } found ? [found] : [];

        List<StoredRecord> ofKey = transaction.FindInBag(key);
        if (IsWalkedBackward) ofKey.Reverse();
        return ofKey;
    }
}
