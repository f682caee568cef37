using Memento.Keys;
using Memento.Queries.Plans;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>
/// Walks one way to the records of a query, one record at a time, and collects the records that
/// satisfy the query. It can be left at any record, and locks nothing before <see cref="TryLock"/>.
/// It can pause, so that a long walk keeps nobody waiting who needs no lock of its own.
/// </summary>
internal sealed class WayWalk
{
    private static readonly KeyRange[] Everywhere = [KeyRange.Everything];

    private readonly RangesWalk[] _walks;
    private readonly WalkMerge? _merge;
    private readonly ChunkBuilder _chunk;
    private readonly WalkLocks _locks;
    private readonly IRecordView _view;
    private readonly bool _skipsSame;
    private byte[]? _last;
    private bool _isAtEnd;

    /// <param name="view">What the reader sees.</param>
    /// <param name="operation">The operation that walks.</param>
    /// <param name="way">The way.</param>
    public WayWalk(IRecordView view, WalkOperation operation, WalkWay way)
    {
        FindTerms terms = operation.Terms;
        _view = view;
        _locks = operation.Locks;
        Way = way;
        _chunk = way.IsOrdered
            ? new ChunkBuilder(terms, terms.Order, operation.Limit, operation.After)
            : new ChunkBuilder(terms, ChunkOrder.Sorted, operation.SortedLimit, operation.After);
        KeySpace space = way.SpaceIn(view);
        _skipsSame = way.CountsByFirst;
        ArraySegment<KeyRange> ranges = way.Ranges ?? Everywhere;
        _walks = way.Prefixes is not { } prefixes
            ? [new RangesWalk(view, space, ranges, [], after: null, isBackward: false)]
            : Array.ConvertAll(prefixes, prefix => new RangesWalk(
                view,
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

    /// <summary>How many records were read on ways that were left for this one.</summary>
    public long ReadBeside { get; set; }

    /// <summary>The walk that is at the current record.</summary>
    private RangesWalk Current => _merge?.First ?? _walks[0];

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
        if (_isAtEnd || (_merge is null ? !_walks[0].MoveNext() : !_merge.MoveNext()))
        {
            _isAtEnd = true;
            return false;
        }

        RangesWalk current = Current;
        return !_chunk.Takes(current.Record)
            || (_locks == WalkLocks.NoneOfOthers && _view.IsTakenByOthers(current.Record))
            || Add(current);
    }

    public WayWalk GoToEnd()
    {
        while (_merge is null && _chunk.Filter is { } filter ? MoveTo(filter) : MoveOn())
        {
        }

        return this;
    }

    /// <summary>
    /// Goes to the next record that satisfies the query; false if there is none, or no more are
    /// wanted.
    /// </summary>
    private bool MoveTo(Func<object, bool> filter)
    {
        _isAtEnd = _isAtEnd || !_chunk.FindIn(_walks[0], filter);
        return !_isAtEnd && Add(_walks[0]);
    }

    /// <summary>Adds the current record; false if no more are wanted.</summary>
    private bool Add(RangesWalk current)
    {
        if (_skipsSame)
        {
            _chunk.AddSame(current);
            return true;
        }

        byte[] place = current.CopyPlace();
        _chunk.Add(place, current.Record);
        if (!_chunk.IsFull) return true;

        _last = place;
        _isAtEnd = true;
        return false;
    }

    /// <summary>Goes on to the end, or until it has read so much that it should pause.</summary>
    /// <returns>Whether it is at its end.</returns>
    public bool TryGoToEnd(TimeProvider time)
    {
        GateTurn turn = GateTurn.With(time, _walks.Length);
        while (MoveOn())
        {
            if (turn.EndsWithStep()) return false;
        }

        return true;
    }

    /// <summary>
    /// Locks what it has walked, and leaves the gate if that was possible. Of each of the walks
    /// that are merged this is the part up to the current place. Where one of them has gone ahead,
    /// it has looked at a record that is not locked, and looks again later.
    /// </summary>
    public bool TryPause(ref LockTaker locks)
    {
        byte[] place = Current.CopyPlace();
        int taken = 0;
        foreach (RangesWalk walk in _walks)
        {
            if (_locks == WalkLocks.Ranges && !walk.TryLock(ref locks, place, ref taken))
                return false;
        }

        foreach (RangesWalk walk in _walks)
            walk.Pause(place);
        _merge?.Pause();
        return locks.Pause(this);
    }

    /// <summary>Locks the walked part of the way.</summary>
    public bool TryLock(ref LockTaker locks)
    {
        int taken = 0;
        foreach (RangesWalk walk in _walks)
        {
            if (_locks == WalkLocks.Ranges && !walk.TryLock(ref locks, _last, ref taken))
                return false;
        }

        _chunk.Locked = taken;
        _chunk.LocksPartition = locks.HasWholePartition;
        return true;
    }

    /// <summary>Says that the partition is locked as a whole, so that no range need be.</summary>
    public WayWalk InLockedPartition()
    {
        _chunk.LocksPartition = true;
        return this;
    }

    public Chunk ToChunk() => _chunk.ToChunk(_last, Way.Number, ReadBeside);

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
/// <param name="CountsByFirst">
/// Whether the records are counted by the first value of the index, and all of the way satisfy the
/// query: records with the same value need not be looked at one by one.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.WalkWay")]
internal sealed record WalkWay(
    [property: Id(0)] int Number,
    [property: Id(1)] IndexReference? Index,
    [property: Id(2)] KeyRange[]? Ranges,
    [property: Id(3)] byte[][]? Prefixes,
    [property: Id(4)] bool CountsByFirst = false)
{
    public bool IsOrdered => Prefixes is not null;

    /// <summary>The key space to walk.</summary>
    /// <exception cref="TransactionConflictException">The index was removed meanwhile.</exception>
    public KeySpace SpaceIn(IRecordView view)
        => Index is null ? KeySpace.Records : view.RequireIndex(Index).Entries;
}
