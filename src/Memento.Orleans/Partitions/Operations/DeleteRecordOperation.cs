using Memento.Keys;

namespace Memento.Partitions.Operations;

/// <summary>Deletes the record that equals a given one; the answer says whether it was there.</summary>
[GenerateSerializer]
[Alias("Memento.DeleteRecordOperation")]
internal sealed class DeleteRecordOperation(Key key, object record, ulong indexes)
    : RecordOperation(key, record, indexes)
{
    protected override bool TryTakeMore(PartitionTransaction transaction, ref LockTaker locks)
    {
        transaction.RequireIndexes(Indexes);
        return EntryLocks.TryTake(
            transaction, ref locks, EncodedKey, Find(transaction)?.Record, next: null);
    }

    protected override object? Apply(PartitionTransaction transaction)
    {
        if (Find(transaction) is not { } found) return false;

        transaction.Stage(0, new Key(found.Key), record: null, document: null);
        return true;
    }

    private StoredRecord? Find(PartitionTransaction transaction)
    {
        StoredRecord? found = transaction.Table.Type == TableType.Bag
            ? BagSearch.Find(transaction, Key, Record)
            : transaction.Find(0, Key);
        return found is not null && transaction.Table.SameDocument(found.Record, Record) ? found : null;
    }
}
