using Memento.Keys;

namespace Memento.Partitions.Operations;

/// <summary>
/// Writes a record over the one of its key, or into a bag beside the others. The answer says
/// whether it was written, which it is not where <see cref="OnlyIfAbsent"/> meets a record.
/// </summary>
[GenerateSerializer]
[Alias("Memento.WriteOperation")]
internal sealed class WriteOperation(Key key, object record, ulong indexes, bool onlyIfAbsent)
    : RecordOperation(key, record, indexes)
{
    /// <summary>Auto-increment skips keys that are present already.</summary>
    [Id(0)]
    public bool OnlyIfAbsent { get; } = onlyIfAbsent;

    protected override bool TryTakeMore(PartitionTransaction transaction, ref LockTaker locks)
    {
        transaction.RequireIndexes(Indexes);
        StoredRecord? standing = transaction.Table.Type == TableType.Bag
            ? null
            : transaction.Find(KeySpace.Records, Key);
        return (standing is not null && OnlyIfAbsent)
            || EntryLocks.TryTake(transaction, ref locks, EncodedKey, standing?.Record, Record);
    }

    protected override bool Apply(PartitionTransaction transaction)
    {
        if (transaction.Table.Type == TableType.Bag)
        {
            AddToBag(transaction);
            return true;
        }

        if (OnlyIfAbsent && transaction.Find(KeySpace.Records, Key) is not null) return false;

        StoredRecord record = transaction.Content.Make(EncodedKey, Record);
        transaction.Stage(KeySpace.Records, Key, record, StoredDocument(transaction));
        return true;
    }

    /// <summary>A table in ram has no use for the document that a message brought.</summary>
    private byte[]? StoredDocument(PartitionTransaction transaction)
        => transaction.Table.Storage == TableStorage.Disk ? Document : null;

    private void AddToBag(PartitionTransaction transaction)
    {
        if (BagSearch.Find(transaction, Key, Record) is not null) return;

        Key bagKey = KeyBytes.WithSuffix(Key, transaction.Content.TakeSequence());
        StoredRecord record = transaction.Content.Make(bagKey.Bytes, Record);
        transaction.Stage(KeySpace.Records, bagKey, record, StoredDocument(transaction));
    }
}
