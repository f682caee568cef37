using System.Diagnostics.CodeAnalysis;
using Memento.Keys;

namespace Memento.Collections;

/// <summary>
/// A map in the order of its keys' bytes, a B+tree. It is not thread-safe. It keeps the key arrays
/// that it gets; no caller may change them. A snapshot of it costs the same however large it is:
/// the nodes are shared, and copied when they are changed afterwards.
/// </summary>
internal sealed class OrderedMap<TValue>
{
    /// <summary>
    /// The stack memory of a prefix scan for its upper bound; a longer bound is allocated.
    /// </summary>
    private const int StackBytes = 256;

    private OrderedMapGeneration _generation = new();
    private OrderedMapNode<TValue> _root;
    private int _changes;

    public OrderedMap() => _root = new OrderedMapLeaf<TValue>(_generation);

    public int Count { get; private set; }

    /// <summary>
    /// Changes with every key that is added or removed, and with every node that is copied because
    /// a snapshot has it. A range of another version is invalid.
    /// </summary>
    internal int Version => _changes + _generation.Copies;

    internal OrderedMapNode<TValue> Root => _root;

    /// <summary>What the map has now. Any thread may read it, also while the map changes.</summary>
    public OrderedMapSnapshot<TValue> TakeSnapshot()
    {
        // Where nothing was changed since the last one, the nodes are those of the last one.
        if (ReferenceEquals(_root.Generation, _generation))
            _generation = new OrderedMapGeneration { Copies = _generation.Copies };
        return new OrderedMapSnapshot<TValue>(_root, Count);
    }

    public bool TryGetValue(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out TValue value)
        => OrderedMapPlace<TValue>.TryGetValue(_root, key, out value);

    public bool ContainsKey(ReadOnlySpan<byte> key) => TryGetValue(key, out _);

    /// <inheritdoc cref="Set(byte[], TValue, out TValue)"/>
    public bool Set(byte[] key, TValue value) => Set(key, value, out _);

    /// <summary>
    /// Inserts or overwrites. Overwriting keeps the key array of the map, and leaves ranges valid,
    /// except where a snapshot has the entry.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="previous">The overwritten value.</param>
    /// <returns>Whether the key is new.</returns>
    public bool Set(byte[] key, TValue value, [MaybeNullWhen(true)] out TValue previous)
    {
        ArgumentNullException.ThrowIfNull(key);
        _root = _root.In(_generation);
        bool isNew = _root.Set(
            key,
            KeyBytes.Head(key),
            value,
            isLast: true,
            out previous,
            out OrderedMapSplit<TValue> split);
        if (split.Right is not null) _root = new OrderedMapBranch<TValue>(_root, split);

        if (isNew)
        {
            Count++;
            _changes++;
        }

        return isNew;
    }

    public bool Remove(ReadOnlySpan<byte> key) => Remove(key, out _);

    public bool Remove(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out TValue previous)
    {
        // A key that is not there copies nothing.
        if (!ReferenceEquals(_root.Generation, _generation) && !ContainsKey(key))
        {
            previous = default;
            return false;
        }

        _root = _root.In(_generation);
        if (!_root.Remove(key, KeyBytes.Head(key), out previous)) return false;

        if (_root is OrderedMapBranch<TValue> { Count: 0 } branch) _root = branch.ChildAt(0);

        Count--;
        _changes++;
        return true;
    }

    public void Clear()
    {
        _root = new OrderedMapLeaf<TValue>(_generation);
        Count = 0;
        _changes++;
    }

    /// <summary>
    /// The entries from a key up to another key, which is left out; null means no bound.
    /// </summary>
    public OrderedMapRange<TValue> Range(
        byte[]? fromInclusive, byte[]? toExclusive, bool isBackward = false)
        => new(
            _root,
            this,
            fromInclusive,
            toExclusive,
            isBounded: toExclusive is not null,
            isBackward);

    /// <summary>The entries whose keys begin with a prefix.</summary>
    public OrderedMapRange<TValue> Prefix(ReadOnlySpan<byte> prefix)
    {
        int length = KeyBytes.PrefixEndLength(prefix);
        Span<byte> end = length <= StackBytes ? stackalloc byte[StackBytes] : new byte[length];
        bool isBounded = KeyBytes.TryWritePrefixEnd(prefix, end);
        return new OrderedMapRange<TValue>(
            _root, this, prefix, end[..length], isBounded, isBackward: false);
    }

    /// <summary>Throws if the tree breaks an invariant; for tests.</summary>
    internal void CheckInvariants() => OrderedMapChecker<TValue>.Check(this);

    internal void EnsureUnchanged(int version)
    {
        if (version != Version)
            throw new InvalidOperationException(
                "The map was changed while a range of it was read. Begin again after a change.");
    }
}
