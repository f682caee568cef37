using Memento.Keys;

namespace Memento.Partitions.Operations;

/// <summary>
/// Writes a record. It replaces the record with the same key; in a bag it is added. The answer is
/// whether it was written: false only if <see cref="OnlyIfAbsent"/> finds a record.
/// </summary>
[GenerateSerializer]
[Alias("Memento.WriteOperation")]
internal sealed class WriteOperation(Key key, object record, ulong indexes, bool onlyIfAbsent)
    : RecordOperation(key, record, indexes)
{
    /// <summary>
    /// Whether a present record is kept: auto-increment skips keys that are taken.
    /// </summary>
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

    /// <summary>
    /// The document of a message is dropped for a table in ram, which does not need it.
    /// </summary>
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
