using Memento.Keys;

namespace Memento.Partitions.Operations;

/// <summary>Reads the record of a key, of a bag the first; the answer is a record or null.</summary>
[GenerateSerializer]
[Alias("Memento.ReadOperation")]
internal sealed class ReadOperation(Key key, bool writes) : KeyOperation(key, writes)
{
    protected override object? Apply(PartitionTransaction transaction)
    {
        if (transaction.Table.Type != TableType.Bag) return transaction.Find(0, Key)?.Record;

        List<StoredRecord> found = transaction.FindInBag(Key);
        return found.Count == 0 ? null : found[0].Record;
    }
}
