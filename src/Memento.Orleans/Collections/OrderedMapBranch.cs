using System.Diagnostics.CodeAnalysis;
using Memento.Keys;

namespace Memento.Collections;

/// <summary>
/// A node with children, one more than keys. A key separates two children: it is after every key on
/// its left, and not after any key on its right. It need not be in the map any more.
/// </summary>
internal sealed class OrderedMapBranch<TValue> : OrderedMapNode<TValue>
{
    private readonly OrderedMapNode<TValue>[] _children;

    /// <summary>A new root over the halves of the old root.</summary>
    public OrderedMapBranch(OrderedMapNode<TValue> left, OrderedMapSplit<TValue> split)
        : this(left.Generation)
    {
        _children[0] = left;
        InsertChild(0, split);
    }

    private OrderedMapBranch(OrderedMapGeneration generation)
        : base(generation, Capacity)
    {
        _children = new OrderedMapNode<TValue>[Capacity + 1];
    }

    private OrderedMapBranch(OrderedMapGeneration generation, OrderedMapBranch<TValue> original)
        : base(generation, original)
    {
        _children = (OrderedMapNode<TValue>[])original._children.Clone();
    }

    public OrderedMapNode<TValue> ChildAt(int index) => _children[index];

    /// <summary>The child whose keys include, or would include, a key.</summary>
    public OrderedMapNode<TValue> ChildFor(ReadOnlySpan<byte> key, ulong head)
        => _children[IndexFor(key, head)];

    /// <summary>The index of that child.</summary>
    public int IndexFor(ReadOnlySpan<byte> key, ulong head)
    {
        int index = Search(key, head);
        return index >= 0 ? index + 1 : ~index;
    }

    public override bool Set(
        byte[] key,
        ulong head,
        TValue value,
        bool isLast,
        out TValue? previous,
        out OrderedMapSplit<TValue> split)
    {
        int index = IndexFor(key, head);
        bool isLastChild = isLast && index == Count;
        bool isNew = OwnChild(index).Set(
            key, head, value, isLastChild, out previous, out OrderedMapSplit<TValue> childSplit);

        split = default;
        if (childSplit.Right is null) return isNew;

        if (Count == Capacity)
            split = SplitAndInsertChild(index, childSplit, isLastChild);
        else
            InsertChild(index, childSplit);

        return isNew;
    }

    public override bool Remove(
        ReadOnlySpan<byte> key, ulong head, [MaybeNullWhen(false)] out TValue previous)
    {
        int index = IndexFor(key, head);
        OrderedMapNode<TValue> child = OwnChild(index);
        if (!child.Remove(key, head, out previous)) return false;

        if (child.Count < Minimum) RebalanceChildren(Math.Max(index - 1, 0));

        return true;
    }

    public override byte[]? Rebalance(OrderedMapNode<TValue> right, byte[] separator)
    {
        // The separator of the parent moves down between the children, and another separator moves
        // up.
        var neighbour = (OrderedMapBranch<TValue>)right;
        int total = Count + 1 + neighbour.Count;
        if (total <= MergeLimit)
        {
            InsertKey(Count, separator, KeyBytes.Head(separator));
            int moved = neighbour.Count;
            ArraySlots.MoveHead(
                neighbour._children, moved + 1, moved + 1, _children, Count);
            neighbour.MoveFirstKeysTo(this, moved);
            return null;
        }

        int surplus = (Count - neighbour.Count) / 2;
        return surplus > 0
            ? MoveLastTo(neighbour, surplus, separator)
            : MoveFirstFrom(neighbour, -surplus, separator);
    }

    protected override OrderedMapNode<TValue> Copy(OrderedMapGeneration generation)
        => new OrderedMapBranch<TValue>(generation, this);

    /// <summary>The child, in the generation of this node: it may be changed.</summary>
    private OrderedMapNode<TValue> OwnChild(int index)
        => _children[index] = _children[index].In(Generation);

    private void InsertChild(int index, OrderedMapSplit<TValue> split)
    {
        ArraySlots.Insert(_children, Count + 1, index + 1, split.Right!);
        InsertKey(index, split.Separator, KeyBytes.Head(split.Separator));
    }

    private OrderedMapSplit<TValue> SplitAndInsertChild(
        int index, OrderedMapSplit<TValue> split, bool isLastChild)
    {
        // As in a leaf. A branch has at least two children, so the right half gets one of them.
        int kept = isLastChild ? Count - 1 : Count / 2;
        var right = new OrderedMapBranch<TValue>(Generation);
        byte[] separator = Keys[kept];
        ArraySlots.MoveTail(_children, Count + 1, Count - kept, right._children, 0);
        MoveLastKeysTo(right, Count - kept - 1);
        RemoveKey(kept);
        if (index <= kept)
            InsertChild(index, split);
        else
            right.InsertChild(index - kept - 1, split);

        return new OrderedMapSplit<TValue>(separator, right);
    }

    private void RebalanceChildren(int left)
    {
        byte[]? separator = OwnChild(left).Rebalance(OwnChild(left + 1), Keys[left]);
        if (separator is not null)
        {
            ReplaceKey(left, separator);
            return;
        }

        ArraySlots.Remove(_children, Count + 1, left + 1);
        RemoveKey(left);
    }

    private byte[] MoveLastTo(OrderedMapBranch<TValue> right, int moved, byte[] separator)
    {
        ArraySlots.MoveTail(_children, Count + 1, moved, right._children, right.Count + 1);
        right.InsertKey(0, separator, KeyBytes.Head(separator));
        MoveLastKeysTo(right, moved);
        byte[] next = right.Keys[0];
        right.RemoveKey(0);
        return next;
    }

    private byte[] MoveFirstFrom(OrderedMapBranch<TValue> right, int moved, byte[] separator)
    {
        ArraySlots.MoveHead(right._children, right.Count + 1, moved, _children, Count + 1);
        InsertKey(Count, separator, KeyBytes.Head(separator));
        right.MoveFirstKeysTo(this, moved);
        byte[] next = Keys[Count - 1];
        RemoveKey(Count - 1);
        return next;
    }
}
