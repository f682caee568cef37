namespace Memento.Partitions.Locks;

/// <summary>
/// The entries that meet another one, for <c>foreach</c>: ranges around a point, or points in a
/// range, which are in order or not. No entry may come or go meanwhile.
/// </summary>
internal struct LockMeetings
{
    private readonly LockEntry _of;
    private readonly LockPoints? _unordered;
    private readonly bool _isOrdered;
    private OrderedMapRange<LockEntry> _points;
    private LockEntry? _nextRange;
    private int _nextPlace;

    public LockMeetings(LockEntry point, LockEntry? firstRange)
    {
        _of = point;
        _nextRange = firstRange;
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
            if (isThere)
                Current = _points.CurrentValue;
            return isThere;
        }

        while (NextCandidate() is { } entry)
        {
            if (!entry.Resource.Meets(_of.Resource))
                continue;
            Current = entry;
            return true;
        }

        return false;
    }

    private LockEntry? NextCandidate()
    {
        if (_unordered is not null)
            return _nextPlace < _unordered.Count ? _unordered[_nextPlace++] : null;

        LockEntry? range = _nextRange;
        _nextRange = range?.NextRange;
        return range;
    }
}
