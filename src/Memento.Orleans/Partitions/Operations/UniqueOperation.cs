using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>An operation on a value of a unique index, for a record that has it or is to have it.</summary>
[GenerateSerializer]
[Alias("Memento.UniqueOperation")]
internal abstract class UniqueOperation(IndexReference index, Key value, byte[] owner)
    : KeyOperation(value, writes: true)
{
    /// <summary>The index.</summary>
    [Id(0)]
    public IndexReference Index { get; } = index;

    /// <summary>The key bytes of the record.</summary>
    [Id(1)]
    public byte[] Owner { get; } = owner;

    protected override int StoreIn(PartitionTransaction transaction)
        => transaction.RequireUniqueIndex(Index).Store;

    /// <summary>The key bytes of the record that has the value; null: nobody has it.</summary>
    protected byte[]? FindHolder(PartitionTransaction transaction)
        => (byte[]?)transaction.Find(StoreIn(transaction), Key)?.Record;
}
