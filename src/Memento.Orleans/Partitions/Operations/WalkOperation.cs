using Memento.Partitions.Locks;
using Memento.Queries;
using Memento.Tables.Keys;

namespace Memento.Partitions.Operations;

/// <summary>
/// Finds records by walking ranges of the keys or of an index. It locks what it has walked, and no more:
/// the ranges up to the place where it had enough.
/// </summary>
[GenerateSerializer]
[Alias("Memento.WalkOperation")]
internal sealed class WalkOperation(
    FindTerms terms, int? limit, byte[]? after, string? index, KeyRange[]? ranges, bool writes)
    : FindOperation(terms, limit, after)
{
    /// <summary>
    /// The first ones by key are found by sorting up to this many records of an index; where there are
    /// more, they are looked for in the order of the keys.
    /// </summary>
    public const int MostSorted = 512;

    /// <summary>The name of the index whose <see cref="Ranges"/> are walked; null: the keys.</summary>
    [Id(0)]
    public string? Index { get; } = index;

    /// <summary>Where to look, in order and without overlap; null: everywhere.</summary>
    [Id(1)]
    public KeyRange[]? Ranges { get; } = ranges;

    /// <summary>Whether the partition is locked for writing.</summary>
    [Id(2)]
    public bool Writes { get; } = writes;

    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out object? result)
    {
        result = null;
        if (!TryTakePartition(ref locks)) return false;

        int? index = Index is null ? null : transaction.RequireIndex(Index).Ordinal;
        if (IsFoundSoonerByKey(transaction, index))
        {
            return new WalkOperation(Terms.ByKey(), Limit, After, index: null, ranges: null, Writes)
                .TryApply(transaction, ref locks, out result);
        }

        int store = index is { } ordinal ? LockResource.IndexStore(ordinal) : LockResource.RecordStore;
        ChunkBuilder chunk = BeginChunk();
        IReadOnlyList<KeyRange> ranges = Ranges ?? KeyRanges.Everything;
        byte[]? last = null;
        for (int i = 0; i < ranges.Count && last is null; i++)
        {
            KeyRange range = ranges[IsWalkedBackward ? ranges.Count - 1 - i : i];
            if (!TryWalk(transaction, ref locks, store, index, range, chunk, out last)) return false;
        }

        result = chunk.ToChunk(last);
        return true;
    }

    /// <summary>
    /// Whether the order is that of the keys, and the ranges of the index have more records than are
    /// worth sorting for the few that are asked for.
    /// </summary>
    private bool IsFoundSoonerByKey(PartitionTransaction transaction, int? index)
    {
        if (index is not { } ordinal || Limit is not { } limit || !Terms.IsSortedByKey) return false;

        long left = Math.Max(MostSorted, limit);
        foreach (KeyRange range in Ranges ?? KeyRanges.Everything)
        {
            OrderedMapRange<StoredRecord> entries =
                transaction.Store.Index(ordinal).Range(range.From, range.To);
            while (left >= 0 && entries.MoveNext())
                left--;
        }

        return left < 0;
    }

    /// <summary>Where all of it is read anyway, one lock is better than a range of everything.</summary>
    private bool TryTakePartition(ref LockTaker locks)
    {
        bool isWhole = Ranges is null && (IsSorted || (Limit is null && After is null));
        LockKind kind = Writes ? LockKind.Write : isWhole ? LockKind.Read : LockKind.IntentionRead;
        return locks.TryTakePartition(kind);
    }

    private bool TryWalk(
        PartitionTransaction transaction,
        ref LockTaker locks,
        int store,
        int? index,
        KeyRange range,
        ChunkBuilder chunk,
        out byte[]? last)
    {
        last = null;
        byte[] from = range.From;
        byte[]? to = range.To;
        if (After is not null && !IsSorted && !TryClip(After, ref from, ref to)) return true;

        var walk = new RecordWalk(transaction, index, from, to, IsWalkedBackward);
        while (last is null && walk.MoveNext())
        {
            StoredRecord found = walk.Record;
            if (!chunk.Takes(found)) continue;

            chunk.Add(walk.Place, found);
            if (chunk.IsFull) last = walk.Place;
        }

        if (IsWalkedBackward)
            from = last ?? from;
        else if (last is not null)
            to = KeyBytes.Behind(last);

        bool isBag = transaction.Table.Type == TableType.Bag;
        if (isBag && !ReferenceEquals(from, range.From)) from = WithoutNumber(from);
        return locks.TryTakeRange(store, from, to);
    }

    /// <summary>Leaves out of a range what was walked before; false where that is all of it.</summary>
    private bool TryClip(byte[] after, ref byte[] from, ref byte[]? to)
    {
        if (IsWalkedBackward)
        {
            if (to is null || to.AsSpan().SequenceCompareTo(after) > 0) to = after;
        }
        else if (from.AsSpan().SequenceCompareTo(after) <= 0)
        {
            from = KeyBytes.Behind(after);
        }

        return to is null || from.AsSpan().SequenceCompareTo(to) < 0;
    }

    /// <summary>
    /// Where a range has to begin that begins at a place in a bag: its writers lock keys without the
    /// number behind them.
    /// </summary>
    private byte[] WithoutNumber(byte[] place)
        => KeyBytes.WithoutSuffix(IsWalkedBackward ? place : place.AsSpan(..^1)).ToArray();
}
