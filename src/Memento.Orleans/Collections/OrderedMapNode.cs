using System.Diagnostics.CodeAnalysis;
using Memento.Keys;

namespace Memento.Collections;

/// <summary>
/// A node of an <see cref="OrderedMap{TValue}"/>: sorted keys, each with its head as a number, so
/// that a search seldom has to follow a reference to a key.
/// </summary>
internal abstract class OrderedMapNode<TValue>
{
    /// <summary>The keys of a full node; a branch has one child more.</summary>
    public const int Capacity = 64;

    /// <summary>
    /// A node with fewer keys is merged with a neighbour, or gets some of its keys.
    /// </summary>
    public const int Minimum = Capacity / 4;

    /// <summary>
    /// Two nodes are merged when they have no more keys than this together. It is well below full,
    /// so that alternating inserts and deletes do not split and merge each time.
    /// </summary>
    public const int MergeLimit = Capacity * 3 / 4;

    protected OrderedMapNode(OrderedMapGeneration generation, int capacity)
    {
        Generation = generation;
        Heads = new ulong[capacity];
        Keys = new byte[capacity][];
    }

    /// <summary>A copy for a later generation.</summary>
    protected OrderedMapNode(OrderedMapGeneration generation, OrderedMapNode<TValue> original)
    {
        Generation = generation;
        Heads = (ulong[])original.Heads.Clone();
        Keys = (byte[][])original.Keys.Clone();
        Count = original.Count;
    }

    /// <summary>
    /// The generation of the map in which the node was made. In a later one it is not changed any
    /// more, because a snapshot may have it.
    /// </summary>
    public OrderedMapGeneration Generation { get; }

    public int Count { get; protected set; }

    public byte[][] Keys { get; private set; }

    protected ulong[] Heads { get; private set; }

    /// <summary>
    /// The index of a key, or the complement of the index at which it would be inserted.
    /// </summary>
    public int Search(ReadOnlySpan<byte> key, ulong head)
    {
        ReadOnlySpan<ulong> heads = Heads.AsSpan(0, Count);
        int low = 0;
        int high = heads.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            ulong other = heads[middle];
            int order = other != head
                ? (other < head ? -1 : 1)
                : Keys[middle].AsSpan().SequenceCompareTo(key);
            if (order == 0) return middle;

            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }

    /// <summary>The node itself in its own generation, and a copy in a later one.</summary>
    public OrderedMapNode<TValue> In(OrderedMapGeneration generation)
    {
        if (ReferenceEquals(Generation, generation)) return this;

        generation.Copies++;
        return Copy(generation);
    }

    /// <summary>Inserts or overwrites, in the node's own generation.</summary>
    /// <param name="key">The key, which the map keeps when it is new.</param>
    /// <param name="head">The key's head.</param>
    /// <param name="value">The value.</param>
    /// <param name="isLast">Whether this node is the last one of its level.</param>
    /// <param name="previous">The overwritten value.</param>
    /// <param name="split">The right half of this node, if it had to be split.</param>
    /// <returns>Whether the key is new.</returns>
    public abstract bool Set(
        byte[] key,
        ulong head,
        TValue value,
        bool isLast,
        out TValue? previous,
        out OrderedMapSplit<TValue> split);

    /// <summary>Removes a key. Afterwards this node may have fewer keys than the minimum.</summary>
    public abstract bool Remove(
        ReadOnlySpan<byte> key, ulong head, [MaybeNullWhen(false)] out TValue previous);

    /// <summary>
    /// Takes everything from the right neighbour if both fit into one node, else evens them out.
    /// </summary>
    /// <param name="right">The right neighbour, a node of the same kind and generation.</param>
    /// <param name="separator">The separator of the two nodes in their parent.</param>
    /// <returns>The new separator, or null if the right neighbour is empty now.</returns>
    public abstract byte[]? Rebalance(OrderedMapNode<TValue> right, byte[] separator);

    protected abstract OrderedMapNode<TValue> Copy(OrderedMapGeneration generation);

    protected void InsertKey(int index, byte[] key, ulong head)
    {
        ArraySlots.Insert(Keys, Count, index, key);
        ArraySlots.Insert(Heads, Count, index, head);
        Count++;
    }

    protected void RemoveKey(int index)
    {
        ArraySlots.Remove(Keys, Count, index);
        ArraySlots.Remove(Heads, Count, index);
        Count--;
    }

    protected void ReplaceKey(int index, byte[] key)
    {
        Keys[index] = key;
        Heads[index] = KeyBytes.Head(key);
    }

    protected void MoveLastKeysTo(OrderedMapNode<TValue> right, int moved)
    {
        ArraySlots.MoveTail(Keys, Count, moved, right.Keys, right.Count);
        ArraySlots.MoveTail(Heads, Count, moved, right.Heads, right.Count);
        Count -= moved;
        right.Count += moved;
    }

    protected void MoveFirstKeysTo(OrderedMapNode<TValue> left, int moved)
    {
        ArraySlots.MoveHead(Keys, Count, moved, left.Keys, left.Count);
        ArraySlots.MoveHead(Heads, Count, moved, left.Heads, left.Count);
        Count -= moved;
        left.Count += moved;
    }

    protected void GrowKeys(int capacity)
    {
        byte[][] keys = Keys;
        ulong[] heads = Heads;
        Array.Resize(ref keys, capacity);
        Array.Resize(ref heads, capacity);
        Keys = keys;
        Heads = heads;
    }
}

/// <summary>
/// What a map makes its nodes in, from one snapshot of it to the next. The nodes of earlier
/// generations are copied before they are changed.
/// </summary>
internal sealed class OrderedMapGeneration
{
    /// <summary>
    /// How many nodes were copied, in this generation and the earlier ones of the map.
    /// </summary>
    public int Copies { get; set; }
}

/// <summary>The result of an insertion that split a node, for the parent of the node.</summary>
/// <param name="Separator">
/// The separator: after every key on the left, and not after any key on the right.
/// </param>
/// <param name="Right">The new right half; null if no node was split.</param>
internal readonly record struct OrderedMapSplit<TValue>(
    byte[] Separator, OrderedMapNode<TValue>? Right);

/// <summary>
/// Moves items in arrays whose first part is in use. A slot that is no longer in use is cleared, so
/// that a removed item is not kept alive.
/// </summary>
internal static class ArraySlots
{
    public static void Insert<T>(T[] items, int count, int index, T item)
    {
        Array.Copy(items, index, items, index + 1, count - index);
        items[index] = item;
    }

    public static void Remove<T>(T[] items, int count, int index)
    {
        Array.Copy(items, index + 1, items, index, count - index - 1);
        items[count - 1] = default!;
    }

    /// <summary>Moves the last items of one array before the first items of another.</summary>
    public static void MoveTail<T>(T[] from, int fromCount, int moved, T[] to, int toCount)
    {
        Array.Copy(to, 0, to, moved, toCount);
        Array.Copy(from, fromCount - moved, to, 0, moved);
        Array.Clear(from, fromCount - moved, moved);
    }

    /// <summary>Moves the first items of one array behind the last items of another.</summary>
    public static void MoveHead<T>(T[] from, int fromCount, int moved, T[] to, int toCount)
    {
        Array.Copy(from, 0, to, toCount, moved);
        Array.Copy(from, moved, from, 0, fromCount - moved);
        Array.Clear(from, fromCount - moved, moved);
    }
}
