using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>
/// Finds the record that has a value of a unique index; the answer is the bytes of its key, or null.
/// </summary>
[GenerateSerializer]
[Alias("Memento.FindHolderOperation")]
internal sealed class FindHolderOperation(IndexReference index, Key value) : KeyOperation(value, writes: false)
{
    /// <summary>The index.</summary>
    [Id(0)]
    public IndexReference Index { get; } = index;

    protected override int StoreIn(PartitionTransaction transaction)
        => transaction.RequireUniqueIndex(Index).Store;

    protected override object? Apply(PartitionTransaction transaction)
        => transaction.Find(StoreIn(transaction), Key)?.Record;
}
