using Memento.Partitions.Locks;
using Memento.Tables.Keys;

namespace Memento.Partitions.Operations;

/// <summary>Reads the keys of a partition; the answer is an array of key bytes, in order.</summary>
[GenerateSerializer]
[Alias("Memento.KeysOperation")]
internal sealed class KeysOperation : Operation
{
    public override LockKind PartitionLock => LockKind.Read;

    public override object? Apply(PartitionTransaction transaction)
    {
        bool isBag = transaction.Table.Type == TableType.Bag;
        List<byte[]> keys = [];
        foreach (StoredRecord record in transaction.Candidates(index: null, ranges: null))
        {
            byte[] key = isBag ? KeyBytes.WithoutSuffix(record.Key).ToArray() : record.Key;
            if (keys.Count == 0 || !keys[^1].AsSpan().SequenceEqual(key)) keys.Add(key);
        }

        return keys.ToArray();
    }
}
