using Memento.Keys;
using Memento.Queries.Plans;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>
/// Walks one way to the records of a query, one record at a time, and collects the records that
/// satisfy the query. It can be left at any record, and locks nothing before <see cref="TryLock"/>.
/// </summary>
internal sealed class WayWalk
{
    private static readonly KeyRange[] Everywhere = [KeyRange.Everything];

    private readonly RangesWalk[] _walks;
    private readonly WalkMerge? _merge;
    private readonly ChunkBuilder _chunk;
    private byte[]? _last;

    /// <param name="transaction">The transaction that reads.</param>
    /// <param name="operation">The operation that walks.</param>
    /// <param name="way">The way.</param>
    public WayWalk(PartitionTransaction transaction, WalkOperation operation, WalkWay way)
    {
        FindTerms terms = operation.Terms;
        Way = way;
        _chunk = way.IsOrdered
            ? new ChunkBuilder(terms, terms.Order, operation.Limit, operation.After)
            : new ChunkBuilder(terms, ChunkOrder.Sorted, operation.SortedLimit, operation.After);
        KeySpace space = way.Index is null
            ? KeySpace.Records
            : transaction.RequireIndex(way.Index).Entries;
        ArraySegment<KeyRange> ranges = way.Ranges ?? Everywhere;
        _walks = way.Prefixes is not { } prefixes
            ? [new RangesWalk(transaction, space, ranges, [], after: null, isBackward: false)]
            : Array.ConvertAll(prefixes, prefix => new RangesWalk(
                transaction,
                space,
                TakeBeginningWith(prefix, ref ranges),
                prefix,
                operation.After,
                terms.IsBackward));
        if (_walks.Length > 1) _merge = new WalkMerge(_walks, terms.IsBackward);
    }

    public WalkWay Way { get; }

    /// <summary>How many records were read.</summary>
    public long Read => _chunk.Read;

    /// <summary>
    /// The cost of the whole way: one for each record, and one for each range after the first. Any
    /// number above the most means more than that.
    /// </summary>
    public long CostUpTo(long most)
    {
        long cost = (Way.Ranges?.Length ?? 1) - 1;
        for (int i = 0; i < _walks.Length && cost <= most; i++)
            cost += _walks[i].CountUpTo(most - cost);
        return cost;
    }

    /// <summary>Reads the next record; false if there is none, or no more are wanted.</summary>
    public bool MoveOn()
    {
        if (_merge is null ? !_walks[0].MoveNext() : !_merge.MoveNext()) return false;

        RangesWalk first = _merge?.First ?? _walks[0];
        StoredRecord found = first.Record;
        if (!_chunk.Takes(found)) return true;

        byte[] place = first.CopyPlace();
        _chunk.Add(place, found);
        if (_chunk.IsFull) _last = place;
        return _last is null;
    }

    public WayWalk GoToEnd()
    {
        while (MoveOn())
        {
        }

        return this;
    }

    /// <summary>Locks the walked part of the way.</summary>
    public bool TryLock(ref LockTaker locks)
    {
        int taken = 0;
        foreach (RangesWalk walk in _walks)
        {
            if (!walk.TryLock(ref locks, _last, ref taken)) return false;
        }

        _chunk.Locked = taken;
        _chunk.LocksPartition = locks.HasWholePartition;
        return true;
    }

    /// <param name="readBeside">How many records were read on ways that were left.</param>
    public Chunk ToChunk(long readBeside) => _chunk.ToChunk(_last, Way.Number, readBeside);

    private static ArraySegment<KeyRange> TakeBeginningWith(
        byte[] prefix, ref ArraySegment<KeyRange> ranges)
    {
        int count = 0;
        while (count < ranges.Count && ranges[count].From.AsSpan().StartsWith(prefix))
            count++;

        ArraySegment<KeyRange> taken = ranges[..count];
        ranges = ranges[count..];
        return taken;
    }
}

/// <summary>A way to the records of a query, along the keys or along an index.</summary>
/// <param name="Number">The number of the way in the plan.</param>
/// <param name="Index">The index to walk; null: the keys.</param>
/// <param name="Ranges">The ranges to walk, in order and without overlap; null: everything.</param>
/// <param name="Prefixes">
/// The prefixes of the places before the place in the order, in order. The ranges behind each are
/// walked side by side, and merged. Null if the way is not in the order.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.WalkWay")]
internal sealed record WalkWay(
    [property: Id(0)] int Number,
    [property: Id(1)] IndexReference? Index,
    [property: Id(2)] KeyRange[]? Ranges,
    [property: Id(3)] byte[][]? Prefixes)
{
    public bool IsOrdered => Prefixes is not null;
}
