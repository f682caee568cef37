using Memento.Tables.Keys;

namespace Memento.Partitions.Operations;

/// <summary>Deletes the record that equals a given one; the answer says whether it was there.</summary>
[GenerateSerializer]
[Alias("Memento.DeleteRecordOperation")]
internal sealed class DeleteRecordOperation(Key key, object record)
    : RecordOperation(key, record)
{
    public override object? Apply(PartitionTransaction transaction)
    {
        StoredRecord? found = transaction.Table.Type == TableType.Bag
            ? BagSearch.Find(transaction, Key, Record)
            : transaction.Find(0, Key);
        if (found is null || !transaction.Table.SameDocument(found.Record, Record)) return false;

        transaction.Stage(0, new Key(found.Key), record: null, document: null);
        return true;
    }
}
