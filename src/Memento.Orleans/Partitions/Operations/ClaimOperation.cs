using Memento.Tables;
using Memento.Tables.Keys;

namespace Memento.Partitions.Operations;

/// <summary>
/// Takes a value of a unique index for a record. The answer is null, or the key bytes of the record that
/// has the value already.
/// </summary>
[GenerateSerializer]
[Alias("Memento.ClaimOperation")]
internal sealed class ClaimOperation(int store, Key value, byte[] owner)
    : KeyOperation(value, writes: true)
{
    /// <summary>The store of the unique index, 1 or more.</summary>
    [Id(0)]
    public int UniqueStore { get; } = store;

    /// <summary>The key bytes of the record that is to have the value.</summary>
    [Id(1)]
    public byte[] Owner { get; } = owner;

    protected override int Store => UniqueStore;

    protected override object? Apply(PartitionTransaction transaction)
    {
        if (transaction.Find(UniqueStore, Key) is { } taken)
        {
            byte[] holder = (byte[])taken.Record;
            return holder.AsSpan().SequenceEqual(Owner) ? null : holder;
        }

        byte[]? document = transaction.Table.Storage == TableStorage.Disk
            ? UniqueEntry.ToDocument(Owner)
            : null;
        transaction.Stage(UniqueStore, Key, new StoredRecord(EncodedKey, Owner), document);
        return null;
    }
}
