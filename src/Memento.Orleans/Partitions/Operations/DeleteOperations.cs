using Memento.Keys;
using Memento.Locks;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>Deletes all records of a key. The answer is whether there was one.</summary>
[GenerateSerializer]
[Alias("Memento.DeleteOperation")]
internal sealed class DeleteOperation(Key key, ulong indexes)
    : KeyOperation<bool>(key, writes: true), IIndexedWrite
{
    public override AnswerCodec<bool> Codec => AnswerCodecs.Flag;

    /// <summary>
    /// The stamp of the indexes that the writer knows (<see cref="IndexSet.Stamp"/>).
    /// </summary>
    [Id(0)]
    public ulong Indexes { get; } = indexes;

    protected override bool TryTakeMore(PartitionTransaction transaction, ref LockTaker locks)
    {
        transaction.RequireIndexes(Indexes);
        if (transaction.Table.Type != TableType.Bag)
        {
            StoredRecord? standing = transaction.Find(KeySpace.Records, Key);
            return EntryLocks.TryTake(
                transaction, ref locks, EncodedKey, standing?.Record, next: null);
        }

        foreach (StoredRecord record in transaction.FindInBag(Key))
        {
            if (!EntryLocks.TryTake(transaction, ref locks, EncodedKey, record.Record, next: null))
                return false;
        }

        return true;
    }

    protected override bool Apply(PartitionTransaction transaction)
    {
        if (transaction.Table.Type != TableType.Bag)
        {
            if (transaction.Find(KeySpace.Records, Key) is null) return false;

            transaction.Stage(KeySpace.Records, Key, record: null, document: null);
            return true;
        }

        List<StoredRecord> found = transaction.FindInBag(Key);
        foreach (StoredRecord record in found)
            transaction.Stage(KeySpace.Records, new Key(record.Key), record: null, document: null);
        return found.Count > 0;
    }
}

/// <summary>
/// Deletes the record that equals a given one. The answer is whether it was there.
/// </summary>
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

    protected override bool Apply(PartitionTransaction transaction)
    {
        if (Find(transaction) is not { } found) return false;

        transaction.Stage(KeySpace.Records, new Key(found.Key), record: null, document: null);
        return true;
    }

    private StoredRecord? Find(PartitionTransaction transaction)
    {
        StoredRecord? found = transaction.Table.Type == TableType.Bag
            ? BagSearch.Find(transaction, Key, Record)
            : transaction.Find(KeySpace.Records, Key);
        return found is not null && transaction.Table.SameDocument(found.Record, Record)
            ? found
            : null;
    }
}

/// <summary>
/// Empties the partition when its transaction commits, however many records there are. The
/// transaction does this in every partition of the table, because the durable storage empties the
/// whole table. It does nothing else with the table: it would still see the records.
/// </summary>
[GenerateSerializer]
[Alias("Memento.ClearOperation")]
internal sealed class ClearOperation : Operation<Done>
{
    public override AnswerCodec<Done> Codec => AnswerCodecs.Done;

    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out Done result)
    {
        result = default;
        if (!locks.TryTakePartition(LockKind.Write)) return false;

        transaction.DependOn(transaction.Content.LastPosition);
        transaction.Staged.IsClearing = true;
        return true;
    }
}
