using Memento.Keys;
using Memento.Locks;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>
/// Finds the key of a partition that comes after (or before) a given one, present or not; after (before)
/// all where none is given. It locks what lies between and the key found. The answer is key bytes or null.
/// </summary>
[GenerateSerializer]
[Alias("Memento.SeekOperation")]
internal sealed class SeekOperation(byte[]? from, bool isBackward) : Operation
{
    /// <summary>Where keys behind the given one begin: the same in all partitions.</summary>
    [NonSerialized]
    private byte[]? _behind;

    [Id(0)]
    public byte[]? From { get; } = from;

    [Id(1)]
    public bool IsBackward { get; } = isBackward;

    public override void Prepare(TableDefinition table)
    {
        if (!IsBackward && From is not null) _behind ??= KeyBytes.PrefixEnd(From);
    }

    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out object? result)
    {
        byte[]? first = IsBackward || From is null ? [] : _behind;
        byte[]? end = IsBackward ? From : null;
        bool isBag = transaction.Table.Type == TableType.Bag;
        result = null;

        // No key can ever come after it.
        if (first is null) return locks.TryTakePartition(LockKind.IntentionRead);

        var walk = new RecordWalk(transaction, index: null, first, end, IsBackward);
        if (!walk.MoveNext()) return locks.TryTakeRange(LockResource.RecordStore, first, end);

        byte[] found = isBag ? KeyBytes.WithoutSuffix(walk.Place).ToArray() : walk.Place;
        bool isLocked = IsBackward
            ? locks.TryTakeRange(LockResource.RecordStore, found, end)
            : locks.TryTakeRange(LockResource.RecordStore, first, KeyBytes.Behind(found));
        if (isLocked) result = found;
        return isLocked;
    }
}
