namespace Memento.Partitions.Locks;

/// <summary>
/// The entries that meet another one, for <c>foreach</c>: from a list, or from points in order.
/// </summary>
internal struct LockMeetings
{
    private readonly LockEntry _of;
    private readonly bool _isOrdered;
    private OrderedMapRange<LockEntry> _points;
    private LockEntry? _next;

    public LockMeetings(LockEntry of, LockEntry? first)
    {
        _of = of;
        _next = first;
        Current = of;
    }

    public LockMeetings(LockEntry of, OrderedMapRange<LockEntry> points)
    {
        _of = of;
        _points = points;
        _isOrdered = true;
        Current = of;
    }

    public LockEntry Current { get; private set; }

    public readonly LockMeetings GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_isOrdered)
        {
            bool isThere = _points.MoveNext();
            if (isThere)
                Current = _points.Current.Value;
            return isThere;
        }

        while (_next is { } entry)
        {
            _next = entry.NextInStore;
            if (!entry.Resource.Meets(_of.Resource))
                continue;
            Current = entry;
            return true;
        }

        return false;
    }
}
