using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>Gives up a value of a unique index, where the record has it.</summary>
[GenerateSerializer]
[Alias("Memento.ReleaseOperation")]
internal sealed class ReleaseOperation(IndexReference index, Key value, byte[] owner)
    : UniqueOperation(index, value, owner)
{
    protected override object? Apply(PartitionTransaction transaction)
    {
        if (FindHolder(transaction) is { } holder && holder.AsSpan().SequenceEqual(Owner))
            transaction.Stage(StoreIn(transaction), Key, record: null, document: null);
        return null;
    }
}
