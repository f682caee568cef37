using Memento.Collections;

namespace Memento.Locks;

/// <summary>
/// The entries that meet another one, for <c>foreach</c>: ranges around a point, or points in a
/// range, in any order. No entry may be added or removed meanwhile.
/// </summary>
internal struct LockMeetings
{
    private readonly LockEntry _of;
    private readonly LockPoints? _unordered;
    private readonly bool _isOrdered;
    private OrderedMapRange<LockEntry> _points;
    private LockRange? _nextRange;
    private int _nextPlace;

    public LockMeetings(LockEntry point, LockRanges? ranges)
    {
        _of = point;
        _nextRange = ranges?.FirstAround(point.Resource.Key.Bytes);
        Current = point;
    }

    public LockMeetings(LockEntry range, LockPoints points)
    {
        _of = range;
        Current = range;
        _isOrdered = points.TryFindOrdered(range.Resource, out _points);
        _unordered = points;
    }

    public LockEntry Current { get; private set; }

    public readonly LockMeetings GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_isOrdered)
        {
            bool isThere = _points.MoveNext();
            if (isThere) Current = _points.CurrentValue;
            return isThere;
        }

        return _unordered is null ? MoveToRange() : MoveToPoint(_unordered);
    }

    private bool MoveToRange()
    {
        if (_nextRange is not { } range) return false;

        Current = range.Entry;
        _nextRange = LockRanges.NextAround(range, _of.Resource.Key.Bytes);
        return true;
    }

    private bool MoveToPoint(LockPoints points)
    {
        while (_nextPlace < points.Count)
        {
            LockEntry point = points[_nextPlace++];
            if (!point.Resource.Meets(_of.Resource)) continue;
            Current = point;
            return true;
        }

        return false;
    }
}
