using Memento.Tables.Keys;

namespace Memento.Partitions.Operations;

/// <summary>Gives up a value of a unique index, where the record has it.</summary>
[GenerateSerializer]
[Alias("Memento.ReleaseOperation")]
internal sealed class ReleaseOperation(int store, Key value, byte[] owner)
    : KeyOperation(value, writes: true)
{
    /// <summary>The store of the unique index, 1 or more.</summary>
    [Id(0)]
    public int UniqueStore { get; } = store;

    /// <summary>The key bytes of the record that had the value.</summary>
    [Id(1)]
    public byte[] Owner { get; } = owner;

    protected override int Store => UniqueStore;

    protected override object? Apply(PartitionTransaction transaction)
    {
        if (transaction.Find(UniqueStore, Key) is { } taken
            && ((byte[])taken.Record).AsSpan().SequenceEqual(Owner))
        {
            transaction.Stage(UniqueStore, Key, record: null, document: null);
        }

        return null;
    }
}
