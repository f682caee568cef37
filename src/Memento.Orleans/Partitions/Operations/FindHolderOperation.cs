using Memento.Tables.Keys;

namespace Memento.Partitions.Operations;

/// <summary>
/// Finds the record that has a value of a unique index; the answer is the bytes of its key, or null.
/// </summary>
[GenerateSerializer]
[Alias("Memento.FindHolderOperation")]
internal sealed class FindHolderOperation(string index, Key value) : KeyOperation(value, writes: false)
{
    /// <summary>The name of the index.</summary>
    [Id(0)]
    public string Index { get; } = index;

    protected override int StoreIn(PartitionTransaction transaction)
        => transaction.RequireUniqueIndex(Index).Store;

    protected override object? Apply(PartitionTransaction transaction)
        => transaction.Find(StoreIn(transaction), Key)?.Record;
}
