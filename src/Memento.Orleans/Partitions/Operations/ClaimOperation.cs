using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>
/// Takes a value of a unique index for a record. The answer is null, or the key bytes of the record that
/// has the value already.
/// </summary>
[GenerateSerializer]
[Alias("Memento.ClaimOperation")]
internal sealed class ClaimOperation(IndexReference index, Key value, byte[] owner)
    : UniqueOperation(index, value, owner)
{
    protected override object? Apply(PartitionTransaction transaction)
    {
        if (FindHolder(transaction) is { } holder)
            return holder.AsSpan().SequenceEqual(Owner) ? null : holder;

        byte[]? document = transaction.Table.Storage == TableStorage.Disk
            ? UniqueEntry.ToDocument(Owner)
            : null;
        transaction.Stage(
            StoreIn(transaction), Key, new StoredRecord(EncodedKey, Owner), document);
        return null;
    }
}
