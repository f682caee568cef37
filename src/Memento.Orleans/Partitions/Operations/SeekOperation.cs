using Memento.Partitions.Locks;
using Memento.Tables.Keys;

namespace Memento.Partitions.Operations;

/// <summary>
/// Finds the key of a partition that comes after (or before) a given one, present or not; after (before)
/// all where none is given. The answer is key bytes or null.
/// </summary>
[GenerateSerializer]
[Alias("Memento.SeekOperation")]
internal sealed class SeekOperation(byte[]? from, bool isBackward) : Operation
{
    [Id(0)]
    public byte[]? From { get; } = from;

    [Id(1)]
    public bool IsBackward { get; } = isBackward;

    public override LockKind PartitionLock => LockKind.Read;

    public override object? Apply(PartitionTransaction transaction)
    {
        byte[]? found = IsBackward
            ? transaction.Previous(From)
            : transaction.Next(From is null ? [] : KeyBytes.PrefixEnd(From));
        return found is not null && transaction.Table.Type == TableType.Bag
            ? KeyBytes.WithoutSuffix(found).ToArray()
            : found;
    }
}
