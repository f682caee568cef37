namespace Memento.Collections;

/// <summary>
/// The entries of a range in order or backwards, for <c>foreach</c>. Its end is found once, as a
/// place in the tree, so that no key is compared on the way. A key that is added to the map or
/// removed makes the range invalid.
/// </summary>
internal struct OrderedMapRange<TValue>
{
    private readonly OrderedMap<TValue> _map;
    private readonly OrderedMapLeaf<TValue> _endLeaf;
    private readonly int _endIndex;
    private readonly int _version;
    private readonly bool _isBackward;

    // A gap between two entries. Forwards, the entry behind it is the next one; backwards, the
    // entry before it.
    private OrderedMapLeaf<TValue> _nextLeaf;
    private int _nextIndex;
    private OrderedMapLeaf<TValue> _leaf;
    private int _index;

    internal OrderedMapRange(
        OrderedMap<TValue> map,
        ReadOnlySpan<byte> from,
        ReadOnlySpan<byte> to,
        bool isBounded,
        bool isBackward)
    {
        _map = map;
        _version = map.Version;
        _isBackward = isBackward;
        (OrderedMapLeaf<TValue> Leaf, int Index) first = map.LowerBound(from);
        (OrderedMapLeaf<TValue> Leaf, int Index) end = first;
        if (!isBounded)
        {
            OrderedMapLeaf<TValue> last = map.LastLeaf();
            end = (last, last.Count);
        }
        else if (from.SequenceCompareTo(to) < 0)
        {
            end = map.LowerBound(to);
        }

        (_nextLeaf, _nextIndex) = isBackward ? end : first;
        (_endLeaf, _endIndex) = isBackward ? first : end;
        _leaf = _nextLeaf;
        _index = -1;
    }

    public readonly byte[] CurrentKey
    {
        get
        {
            _map.EnsureUnchanged(_version);
            return _leaf.Keys[_index];
        }
    }

    public readonly TValue CurrentValue
    {
        get
        {
            _map.EnsureUnchanged(_version);
            return _leaf.ValueAt(_index);
        }
    }

    public readonly KeyValuePair<byte[], TValue> Current => new(CurrentKey, CurrentValue);

    public readonly OrderedMapRange<TValue> GetEnumerator() => this;

    public bool MoveNext()
    {
        _map.EnsureUnchanged(_version);
        if (_nextIndex == _endIndex && ReferenceEquals(_nextLeaf, _endLeaf)) return false;

        if (_isBackward)
        {
            StepBack();
            return true;
        }

        _leaf = _nextLeaf;
        _index = _nextIndex++;
        if (_nextIndex == _nextLeaf.Count && _nextLeaf.Next is { } next)
        {
            _nextLeaf = next;
            _nextIndex = 0;
        }

        return true;
    }

    /// <summary>
    /// How many entries are ahead; a number above the most if there are more. It counts by leaves,
    /// so it costs far less than the walk. Only forwards.
    /// </summary>
    public readonly long CountUpTo(long most)
    {
        _map.EnsureUnchanged(_version);
        OrderedMapLeaf<TValue> leaf = _nextLeaf;
        long count = -_nextIndex;
        while (count <= most && !ReferenceEquals(leaf, _endLeaf))
        {
            count += leaf.Count;
            leaf = leaf.Next!;
        }

        return ReferenceEquals(leaf, _endLeaf) ? count + _endIndex : count;
    }

    private void StepBack()
    {
        if (_nextIndex == 0)
        {
            _nextLeaf = _nextLeaf.Previous!;
            _nextIndex = _nextLeaf.Count;
        }

        _leaf = _nextLeaf;
        _index = --_nextIndex;
    }
}
