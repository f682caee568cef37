using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>Deletes all records of a key; the answer says whether there was any.</summary>
[GenerateSerializer]
[Alias("Memento.DeleteOperation")]
internal sealed class DeleteOperation(Key key, ulong indexes) : KeyOperation(key, writes: true)
{
    /// <summary>Tells which indexes the writer knows of (<see cref="IndexSet.Stamp"/>).</summary>
    [Id(0)]
    public ulong Indexes { get; } = indexes;

    protected override bool TryTakeMore(PartitionTransaction transaction, ref LockTaker locks)
    {
        transaction.RequireIndexes(Indexes);
        if (transaction.Table.Type != TableType.Bag)
        {
            return EntryLocks.TryTake(
                transaction, ref locks, EncodedKey, transaction.Find(0, Key)?.Record, next: null);
        }

        foreach (StoredRecord record in transaction.FindInBag(Key))
        {
            if (!EntryLocks.TryTake(transaction, ref locks, EncodedKey, record.Record, next: null))
                return false;
        }

        return true;
    }

    protected override object? Apply(PartitionTransaction transaction)
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
