namespace Memento.Partitions;

/// <summary>
/// The entries of a range in order, for <c>foreach</c>. Its end is found once, as a place in the
/// tree, so that no key is compared on the way; a key that comes or goes makes it invalid.
/// </summary>
internal struct OrderedMapRange<TValue>
{
    private readonly OrderedMap<TValue> _map;
    private readonly OrderedMapLeaf<TValue> _endLeaf;
    private readonly int _endIndex;
    private readonly int _version;
    private OrderedMapLeaf<TValue> _nextLeaf;
    private int _nextIndex;
    private OrderedMapLeaf<TValue> _leaf;
    private int _index;

    internal OrderedMapRange(
        OrderedMap<TValue> map, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, bool isBounded)
    {
        _map = map;
        _version = map.Version;
        (_nextLeaf, _nextIndex) = map.LowerBound(from);
        if (!isBounded)
        {
            _endLeaf = map.LastLeaf();
            _endIndex = _endLeaf.Count;
        }
        else if (from.SequenceCompareTo(to) < 0)
        {
            (_endLeaf, _endIndex) = map.LowerBound(to);
        }
        else
        {
            (_endLeaf, _endIndex) = (_nextLeaf, _nextIndex);
        }

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
        if (_nextIndex == _endIndex && ReferenceEquals(_nextLeaf, _endLeaf))
            return false;

        _leaf = _nextLeaf;
        _index = _nextIndex++;
        if (_nextIndex == _nextLeaf.Count && _nextLeaf.Next is { } next)
        {
            _nextLeaf = next;
            _nextIndex = 0;
        }

        return true;
    }
}
