using Memento.Keys;

namespace Memento.Partitions.Operations;

/// <summary>Reads all records of a key; the answer is an array of records.</summary>
[GenerateSerializer]
[Alias("Memento.ReadAllOperation")]
internal sealed class ReadAllOperation(Key key, bool writes)
    : KeyOperation(key, writes)
{
    protected override object? Apply(PartitionTransaction transaction)
    {
        if (transaction.Table.Type == TableType.Bag)
            return transaction.FindInBag(Key).ConvertAll(static found => found.Record).ToArray();

        return transaction.Find(0, Key) is { } record ? new[] { record.Record } : [];
    }
}
