using System.Diagnostics.CodeAnalysis;
using Memento.Keys;

namespace Memento.Collections;

/// <summary>
/// A map in the order of its keys' bytes, a B+tree. It is not thread-safe. It keeps the key arrays
/// that it gets; no caller may change them.
/// </summary>
internal sealed class OrderedMap<TValue>
{
    /// <summary>
    /// The stack memory of a prefix scan for its upper bound; a longer bound is allocated.
    /// </summary>
    private const int StackBytes = 256;

    private OrderedMapNode<TValue> _root = new OrderedMapLeaf<TValue>();

    public int Count { get; private set; }

    /// <summary>
    /// Changes with every key that is added or removed. A range of another version is invalid.
    /// </summary>
    internal int Version { get; private set; }

    internal OrderedMapNode<TValue> Root => _root;

    public bool TryGetValue(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out TValue value)
    {
        ulong head = KeyBytes.Head(key);
        OrderedMapLeaf<TValue> leaf = FindLeaf(key, head);
        int index = leaf.Search(key, head);
        value = index >= 0 ? leaf.ValueAt(index) : default;
        return index >= 0;
    }

    public bool ContainsKey(ReadOnlySpan<byte> key) => TryGetValue(key, out _);

    /// <inheritdoc cref="Set(byte[], TValue, out TValue)"/>
    public bool Set(byte[] key, TValue value) => Set(key, value, out _);

    /// <summary>
    /// Inserts or overwrites. Overwriting keeps the key array of the map, and leaves ranges valid.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="previous">The overwritten value.</param>
    /// <returns>Whether the key is new.</returns>
    public bool Set(byte[] key, TValue value, [MaybeNullWhen(true)] out TValue previous)
    {
        ArgumentNullException.ThrowIfNull(key);
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
            Version++;
        }

        return isNew;
    }

    public bool Remove(ReadOnlySpan<byte> key) => Remove(key, out _);

    public bool Remove(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out TValue previous)
    {
        if (!_root.Remove(key, KeyBytes.Head(key), out previous)) return false;

        if (_root is OrderedMapBranch<TValue> { Count: 0 } branch) _root = branch.ChildAt(0);

        Count--;
        Version++;
        return true;
    }

    public void Clear()
    {
        _root = new OrderedMapLeaf<TValue>();
        Count = 0;
        Version++;
    }

    /// <summary>
    /// The entries from a key up to another key, which is left out; null means no bound.
    /// </summary>
    public OrderedMapRange<TValue> Range(
        byte[]? fromInclusive, byte[]? toExclusive, bool isBackward = false)
        => new(this, fromInclusive, toExclusive, isBounded: toExclusive is not null, isBackward);

    /// <summary>The entries whose keys begin with a prefix.</summary>
    public OrderedMapRange<TValue> Prefix(ReadOnlySpan<byte> prefix)
    {
        int length = KeyBytes.PrefixEndLength(prefix);
        Span<byte> end = length <= StackBytes ? stackalloc byte[StackBytes] : new byte[length];
        bool isBounded = KeyBytes.TryWritePrefixEnd(prefix, end);
        return new OrderedMapRange<TValue>(
            this, prefix, end[..length], isBounded, isBackward: false);
    }

    /// <summary>Throws if the tree breaks an invariant; for tests.</summary>
    internal void CheckInvariants() => OrderedMapChecker<TValue>.Check(this);

    internal OrderedMapLeaf<TValue> LastLeaf()
    {
        OrderedMapNode<TValue> node = _root;
        while (node is OrderedMapBranch<TValue> branch)
            node = branch.ChildAt(branch.Count);

        return (OrderedMapLeaf<TValue>)node;
    }

    /// <summary>
    /// The first entry at or after a key: a leaf and an index. The index is the leaf's count only
    /// in the last leaf.
    /// </summary>
    internal (OrderedMapLeaf<TValue> Leaf, int Index) LowerBound(ReadOnlySpan<byte> key)
    {
        ulong head = KeyBytes.Head(key);
        OrderedMapLeaf<TValue> leaf = FindLeaf(key, head);
        int index = leaf.Search(key, head);
        if (index < 0) index = ~index;

        return index == leaf.Count && leaf.Next is { } next ? (next, 0) : (leaf, index);
    }

    internal void EnsureUnchanged(int version)
    {
        if (version != Version)
            throw new InvalidOperationException(
                "The map was changed while a range of it was read. Begin again after a change.");
    }

    private OrderedMapLeaf<TValue> FindLeaf(ReadOnlySpan<byte> key, ulong head)
    {
        OrderedMapNode<TValue> node = _root;
        while (node is OrderedMapBranch<TValue> branch)
            node = branch.ChildFor(key, head);

        return (OrderedMapLeaf<TValue>)node;
    }
}
