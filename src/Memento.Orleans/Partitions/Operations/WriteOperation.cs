using Memento.Tables;
using Memento.Tables.Keys;

namespace Memento.Partitions.Operations;

/// <summary>
/// Writes a record over the one of its key, or into a bag beside the others. The answer says whether it
/// was written, which it is not where <see cref="OnlyIfAbsent"/> meets a record.
/// </summary>
[GenerateSerializer]
[Alias("Memento.WriteOperation")]
internal sealed class WriteOperation(Key key, object record, bool onlyIfAbsent)
    : KeyOperation(key, writes: true)
{
    [NonSerialized]
    private byte[]? _document;

    [NonSerialized]
    private object? _own;

    [Id(0)]
    public object Record { get; } = record;

    /// <summary>Auto-increment skips keys that are present already.</summary>
    [Id(1)]
    public bool OnlyIfAbsent { get; } = onlyIfAbsent;

    public override void Prepare(TableDefinition table)
    {
        _own ??= table.Copy(Record);
        if (table.Storage == TableStorage.Disk) _document ??= table.Serialize(_own);
    }

    public override object? Apply(PartitionTransaction transaction)
    {
        if (transaction.Table.AutoIncrement) transaction.Partition.Observe(_own!);
        if (transaction.Table.Type == TableType.Bag)
        {
            AddToBag(transaction);
            return true;
        }

        if (OnlyIfAbsent && transaction.Find(0, Key) is not null) return false;

        transaction.Stage(0, Key, new StoredRecord(KeyBytes, _own!), _document);
        return true;
    }

    private void AddToBag(PartitionTransaction transaction)
    {
        if (BagSearch.Find(transaction, Key, _own!) is not null) return;

        Key bagKey = Tables.Keys.KeyBytes.WithSuffix(Key, transaction.Store.TakeSequence());
        transaction.Stage(0, bagKey, new StoredRecord(bagKey.Bytes, _own!), _document);
    }
}
