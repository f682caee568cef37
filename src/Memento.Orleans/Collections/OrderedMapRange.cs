namespace Memento.Collections;

/// <summary>
/// The entries of a range in order or backwards, for <c>foreach</c>. Its end is found once, as a
/// place in the tree, so that no key is compared on the way. A key that is added to the map or
/// removed makes the range invalid; a range of a snapshot stays valid.
/// </summary>
internal struct OrderedMapRange<TValue>
{
    private readonly OrderedMapNode<TValue> _root;
    private readonly OrderedMap<TValue>? _map;
    private readonly int _version;
    private readonly bool _isBackward;
    private readonly OrderedMapPlace<TValue> _end;

    // A gap between two entries. Forwards, the entry behind it is the next one; backwards, the
    // entry before it.
    private OrderedMapPlace<TValue> _next;
    private OrderedMapLeaf<TValue> _leaf;
    private int _index;

    // Forwards, the first index in the leaf that is not in the range: most steps need no more.
    private int _stop;

    /// <param name="root">The tree.</param>
    /// <param name="map">The map whose tree it is; null for a snapshot.</param>
    /// <param name="from">The first key.</param>
    /// <param name="to">The first key after the range.</param>
    /// <param name="isBounded">Whether the range ends there; else it ends with the map.</param>
    /// <param name="isBackward">Whether it goes from the end to the beginning.</param>
    internal OrderedMapRange(
        OrderedMapNode<TValue> root,
        OrderedMap<TValue>? map,
        ReadOnlySpan<byte> from,
        ReadOnlySpan<byte> to,
        bool isBounded,
        bool isBackward)
    {
        _root = root;
        _map = map;
        _version = map?.Version ?? 0;
        _isBackward = isBackward;
        OrderedMapPlace<TValue> first = OrderedMapPlace<TValue>.At(root, from);
        OrderedMapPlace<TValue> end = first;
        if (!isBounded)
            end = OrderedMapPlace<TValue>.End(root);
        else if (from.SequenceCompareTo(to) < 0)
            end = OrderedMapPlace<TValue>.At(root, to);

        (_next, _end) = isBackward ? (end, first) : (first, end);
        _leaf = _next.Leaf;
        _index = -1;
        _stop = isBackward ? 0 : StopIn(_leaf);
    }

    public readonly byte[] CurrentKey
    {
        get
        {
            EnsureUnchanged();
            return _leaf.Keys[_index];
        }
    }

    public readonly TValue CurrentValue
    {
        get
        {
            EnsureUnchanged();
            return _leaf.ValueAt(_index);
        }
    }

    public readonly KeyValuePair<byte[], TValue> Current => new(CurrentKey, CurrentValue);

    public readonly OrderedMapRange<TValue> GetEnumerator() => this;

    public bool MoveNext()
    {
        EnsureUnchanged();
        int index = _next.Index;
        if (index >= _stop) return _isBackward ? MoveBack() : MoveToNextLeaf();

        _index = index;
        _next.Index = index + 1;
        return true;
    }

    /// <summary>
    /// How many entries are ahead; a number above the most if there are more. It counts by leaves,
    /// so it costs far less than the walk. Only forwards.
    /// </summary>
    public readonly long CountUpTo(long most)
    {
        EnsureUnchanged();
        OrderedMapPlace<TValue> place = _next;
        long count = -place.Index;
        while (count <= most && !ReferenceEquals(place.Leaf, _end.Leaf))
        {
            count += place.Leaf.Count;
            place.MoveToNextLeaf(_root);
        }

        return ReferenceEquals(place.Leaf, _end.Leaf) ? count + _end.Index : count;
    }

    /// <summary>
    /// The values ahead that are in the leaf of the next one, for a walk that looks at many. Empty
    /// at the end of a leaf, and backwards.
    /// </summary>
    public readonly ReadOnlySpan<TValue> Ahead()
    {
        EnsureUnchanged();
        return _next.Index < _stop ? _leaf.Values(_next.Index, _stop) : [];
    }

    /// <summary>Goes over some of the values ahead, to the last of them.</summary>
    public void MoveOver(int count)
    {
        _next.Index += count;
        _index = _next.Index - 1;
    }

    private bool MoveBack()
    {
        if (_next.IsAt(_end)) return false;

        if (_next.Index == 0) _next.MoveToPreviousLeaf(_root);
        _leaf = _next.Leaf;
        _index = --_next.Index;
        return true;
    }

    /// <summary>To the first entry of the next leaf, if the range has one there.</summary>
    private bool MoveToNextLeaf()
    {
        if (ReferenceEquals(_leaf, _end.Leaf)) return false;

        _next.MoveToNextLeaf(_root);
        _leaf = _next.Leaf;
        _stop = StopIn(_leaf);
        if (_stop == 0) return false;

        _index = 0;
        _next.Index = 1;
        return true;
    }

    private readonly int StopIn(OrderedMapLeaf<TValue> leaf)
        => ReferenceEquals(leaf, _end.Leaf) ? _end.Index : leaf.Count;

    private readonly void EnsureUnchanged() => _map?.EnsureUnchanged(_version);
}
