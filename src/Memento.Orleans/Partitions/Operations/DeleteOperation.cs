using Memento.Tables.Keys;

namespace Memento.Partitions.Operations;

/// <summary>Deletes all records of a key; the answer says whether there was any.</summary>
[GenerateSerializer]
[Alias("Memento.DeleteOperation")]
internal sealed class DeleteOperation(Key key) : KeyOperation(key, writes: true)
{
    public override object? Apply(PartitionTransaction transaction)
    {
        if (transaction.Table.Type != TableType.Bag)
        {
            if (transaction.Find(0, Key) is null) return false;

            transaction.Stage(0, Key, record: null, document: null);
            return true;
        }

        List<StoredRecord> found = transaction.FindInBag(Key);
        foreach (StoredRecord record in found)
            transaction.Stage(0, new Key(record.Key), record: null, document: null);
        return found.Count > 0;
    }
}
