using Memento.Keys;
using Memento.Locks;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>Reads the keys of a partition; the answer is an array of key bytes, in order.</summary>
[GenerateSerializer]
[Alias("Memento.KeysOperation")]
internal sealed class KeysOperation
    : Operation<byte[][]>, IScan<byte[][]>, ISnapshotRead<byte[][]>
{
    public override AnswerCodec<byte[][]> Codec => AnswerCodecs.Keys;

    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out byte[][] result)
    {
        bool isLocked = TryLock(ref locks);
        result = isLocked ? Read(transaction) : [];
        return isLocked;
    }

    /// <inheritdoc/>
    public KeySpace? ReadsOutsideGate(PartitionTransaction transaction) => KeySpace.Records;

    /// <inheritdoc/>
    public bool TryLock(ref LockTaker locks) => locks.TryTakePartition(LockKind.Read);

    /// <inheritdoc/>
    public byte[][] ReadAll(IRecordSource source) => Read(source);

    /// <inheritdoc/>
    public byte[][] Read(IRecordView view)
    {
        var walk = new RecordWalk(view, KeySpace.Records, [], null, isBackward: false);
        List<byte[]> keys = [];
        while (walk.MoveNext())
        {
            byte[] key = view.Table.WithoutNumber(walk.Place);
            if (keys.Count == 0 || !keys[^1].AsSpan().SequenceEqual(key)) keys.Add(key);
        }

        return [.. keys];
    }
}

/// <summary>
/// Finds the key of a partition after (or before) a given one, which may be absent; the first (or
/// last) key if none is given. It locks the gap and the key that it finds. The answer is key bytes
/// or null.
/// </summary>
[GenerateSerializer]
[Alias("Memento.SeekOperation")]
internal sealed class SeekOperation(byte[]? from, bool isBackward)
    : Operation<byte[]?>, ISnapshotRead<byte[]?>
{
    public override AnswerCodec<byte[]?> Codec => AnswerCodecs.Key;

    /// <summary>
    /// The beginning of the keys behind the given one; the same in all partitions.
    /// </summary>
    [NonSerialized]
    private byte[]? _behind;

    [Id(0)]
    public byte[]? From { get; } = from;

    [Id(1)]
    public bool IsBackward { get; } = isBackward;

    /// <summary>Where the keys begin; null: no key can come there.</summary>
    private byte[]? First => IsBackward || From is null ? [] : _behind;

    private byte[]? End => IsBackward ? From : null;

    public override void Prepare(TableDefinition table)
    {
        if (!IsBackward && From is not null) _behind ??= KeyBytes.PrefixEnd(From);
    }

    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out byte[]? result)
    {
        byte[]? first = First;
        byte[]? end = End;
        result = null;

        // No key can ever come after the given one.
        if (first is null) return locks.TryTakePartition(LockKind.IntentionRead);

        if (Find(transaction, first) is not { } found)
            return locks.TryTakeRange(KeySpace.Records, first, end);

        bool isLocked = IsBackward
            ? locks.TryTakeRange(KeySpace.Records, found, end)
            : locks.TryTakeRange(KeySpace.Records, first, KeyBytes.Behind(found));
        if (isLocked) result = found;
        return isLocked;
    }

    /// <inheritdoc/>
    public bool IsShort => true;

    /// <inheritdoc/>
    public byte[]? ReadAll(IRecordSource source)
        => First is { } first ? Find(source, first) : null;

    private byte[]? Find(IRecordView view, byte[] first)
    {
        var walk = new RecordWalk(view, KeySpace.Records, first, End, IsBackward);
        return walk.MoveNext() ? view.Table.WithoutNumber(walk.Place) : null;
    }
}

/// <summary>Counts the records of a partition; the answer is a long.</summary>
[GenerateSerializer]
[Alias("Memento.CountOperation")]
internal sealed class CountOperation : Operation<long>, ISnapshotRead<long>
{
    public override AnswerCodec<long> Codec => AnswerCodecs.Number;

    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out long result)
    {
        result = 0;
        if (!locks.TryTakePartition(LockKind.Read)) return false;

        transaction.DependOn(transaction.Content.LastPosition);
        OwnCount own = locks.Progress as OwnCount ?? new OwnCount();
        if (!own.TryGoOn(transaction)) return locks.Pause(own);

        result = transaction.Content.Count + own.Difference;
        return true;
    }

    /// <inheritdoc/>
    public bool IsShort => true;

    /// <inheritdoc/>
    public long ReadAll(IRecordSource source) => source.CountRecords();
}
