namespace Memento.Partitions;

/// <summary>
/// A place in an <see cref="OrderedMap{TValue}"/>: on an entry, before the first one or after the
/// last. Every move says whether it ended on an entry. A key that comes or goes makes the cursor
/// invalid until it seeks again.
/// </summary>
internal struct OrderedMapCursor<TValue>
{
    private readonly OrderedMap<TValue> _map;
    private OrderedMapLeaf<TValue> _leaf;
    private int _index;
    private int _version;

    internal OrderedMapCursor(OrderedMap<TValue> map)
    {
        _map = map;
        _leaf = map.FirstLeaf();
        _index = -1;
        _version = map.Version;
    }

    public readonly bool IsOnEntry => (uint)_index < (uint)_leaf.Count;

    public readonly byte[] CurrentKey
    {
        get
        {
            EnsureOnEntry();
            return _leaf.Keys[_index];
        }
    }

    public readonly TValue CurrentValue
    {
        get
        {
            EnsureOnEntry();
            return _leaf.ValueAt(_index);
        }
    }

    /// <summary>To the first entry.</summary>
    public bool SeekFirst() => SeekTo(_map.FirstLeaf(), 0);

    /// <summary>To the last entry.</summary>
    public bool SeekLast()
    {
        OrderedMapLeaf<TValue> leaf = _map.LastLeaf();
        return SeekTo(leaf, leaf.Count - 1);
    }

    /// <summary>To the first entry whose key is <paramref name="from"/> or after it.</summary>
    public bool SeekFirst(ReadOnlySpan<byte> from)
    {
        (OrderedMapLeaf<TValue> leaf, int index) = _map.LowerBound(from);
        return SeekTo(leaf, index);
    }

    /// <summary>To the first entry after a key, which need not be there.</summary>
    public bool SeekAfter(ReadOnlySpan<byte> key)
    {
        bool found = SeekFirst(key);
        return found && CurrentKey.AsSpan().SequenceEqual(key) ? MoveNext() : found;
    }

    /// <summary>To the last entry before a key, which need not be there.</summary>
    public bool SeekBefore(ReadOnlySpan<byte> key)
    {
        SeekFirst(key);
        return MovePrevious();
    }

    public bool MoveNext()
    {
        _map.EnsureUnchanged(_version);
        if (_index + 1 < _leaf.Count)
        {
            _index++;
            return true;
        }

        if (_leaf.Next is { } next)
        {
            _leaf = next;
            _index = 0;
            return true;
        }

        _index = _leaf.Count;
        return false;
    }

    public bool MovePrevious()
    {
        _map.EnsureUnchanged(_version);
        if (_index > 0)
        {
            _index--;
            return true;
        }

        if (_leaf.Previous is { } previous)
        {
            _leaf = previous;
            _index = previous.Count - 1;
            return true;
        }

        _index = -1;
        return false;
    }

    private bool SeekTo(OrderedMapLeaf<TValue> leaf, int index)
    {
        _leaf = leaf;
        _index = index;
        _version = _map.Version;
        return IsOnEntry;
    }

    private readonly void EnsureOnEntry()
    {
        _map.EnsureUnchanged(_version);
        if (!IsOnEntry)
            throw new InvalidOperationException(
                "The cursor is on no entry. Read an entry only after a move that returned true.");
    }
}
