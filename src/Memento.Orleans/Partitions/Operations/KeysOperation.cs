using Memento.Keys;
using Memento.Locks;

namespace Memento.Partitions.Operations;

/// <summary>Reads the keys of a partition; the answer is an array of key bytes, in order.</summary>
[GenerateSerializer]
[Alias("Memento.KeysOperation")]
internal sealed class KeysOperation : Operation
{
    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out object? result)
    {
        result = null;
        if (!locks.TryTakePartition(LockKind.Read)) return false;

        bool isBag = transaction.Table.Type == TableType.Bag;
        var walk = new RecordWalk(transaction, index: null, [], null, isBackward: false);
        List<byte[]> keys = [];
        while (walk.MoveNext())
        {
            byte[] key = isBag ? KeyBytes.WithoutSuffix(walk.Place).ToArray() : walk.Place;
            if (keys.Count == 0 || !keys[^1].AsSpan().SequenceEqual(key)) keys.Add(key);
        }

        result = keys.ToArray();
        return true;
    }
}
