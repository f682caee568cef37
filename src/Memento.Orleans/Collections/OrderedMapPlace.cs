using System.Diagnostics.CodeAnalysis;
using Memento.Keys;

namespace Memento.Collections;

/// <summary>
/// A place in a tree, before an entry or behind the last one. It goes from leaf to leaf without a
/// way of its own: a leaf knows no other one, so that a copied leaf changes none.
/// </summary>
internal struct OrderedMapPlace<TValue>
{
    // The parent of the leaf, and its number among the children; null for a root.
    private OrderedMapBranch<TValue>? _parent;
    private int _child;

    public OrderedMapLeaf<TValue> Leaf { get; private set; }

    /// <summary>
    /// The index of the entry in its leaf. It is the leaf's count only in the last leaf.
    /// </summary>
    public int Index { get; set; }

    public static bool TryGetValue(
        OrderedMapNode<TValue> root,
        ReadOnlySpan<byte> key,
        [MaybeNullWhen(false)] out TValue value)
    {
        ulong head = KeyBytes.Head(key);
        OrderedMapNode<TValue> node = root;
        while (node is OrderedMapBranch<TValue> branch)
            node = branch.ChildFor(key, head);

        var leaf = (OrderedMapLeaf<TValue>)node;
        int index = leaf.Search(key, head);
        value = index >= 0 ? leaf.ValueAt(index) : default;
        return index >= 0;
    }

    /// <summary>The first entry at or after a key.</summary>
    public static OrderedMapPlace<TValue> At(OrderedMapNode<TValue> root, ReadOnlySpan<byte> key)
    {
        ulong head = KeyBytes.Head(key);
        OrderedMapPlace<TValue> place = default;
        OrderedMapNode<TValue> node = root;
        while (node is OrderedMapBranch<TValue> branch)
            node = place.Enter(branch, branch.IndexFor(key, head));

        place.Leaf = (OrderedMapLeaf<TValue>)node;
        int index = place.Leaf.Search(key, head);
        place.Index = index >= 0 ? index : ~index;
        if (place.Index == place.Leaf.Count) place.MoveToNextLeaf(root);
        return place;
    }

    /// <summary>Behind the last entry.</summary>
    public static OrderedMapPlace<TValue> End(OrderedMapNode<TValue> root)
    {
        OrderedMapPlace<TValue> place = default;
        place.GoDown(root, isToLast: true);
        place.Index = place.Leaf.Count;
        return place;
    }

    public readonly bool IsAt(in OrderedMapPlace<TValue> other)
        => Index == other.Index && ReferenceEquals(Leaf, other.Leaf);

    /// <summary>To the first entry of the next leaf; in the last leaf it stays.</summary>
    public bool MoveToNextLeaf(OrderedMapNode<TValue> root)
    {
        if (!MoveToLeaf(root, 1)) return false;

        Index = 0;
        return true;
    }

    /// <summary>Behind the last entry of the leaf before; in the first leaf it stays.</summary>
    public bool MoveToPreviousLeaf(OrderedMapNode<TValue> root)
    {
        if (!MoveToLeaf(root, -1)) return false;

        Index = Leaf.Count;
        return true;
    }

    /// <summary>Goes to the neighbour of the leaf on one side, if there is one.</summary>
    private bool MoveToLeaf(OrderedMapNode<TValue> root, int step)
    {
        if (_parent is null) return false;

        if (IsChild(_parent, _child + step))
        {
            Leaf = (OrderedMapLeaf<TValue>)Enter(_parent, _child + step);
            return true;
        }

        // The last branch on the way from the root that has a child beside the way.
        byte[] key = Leaf.Keys[0];
        ulong head = KeyBytes.Head(key);
        OrderedMapBranch<TValue>? turn = null;
        int turned = 0;
        OrderedMapNode<TValue> node = root;
        while (node is OrderedMapBranch<TValue> branch)
        {
            int index = branch.IndexFor(key, head);
            if (IsChild(branch, index + step))
            {
                turn = branch;
                turned = index + step;
            }

            node = branch.ChildAt(index);
        }

        if (turn is null) return false;

        GoDown(Enter(turn, turned), isToLast: step < 0);
        return true;
    }

    private void GoDown(OrderedMapNode<TValue> node, bool isToLast)
    {
        while (node is OrderedMapBranch<TValue> branch)
            node = Enter(branch, isToLast ? branch.Count : 0);

        Leaf = (OrderedMapLeaf<TValue>)node;
    }

    private OrderedMapNode<TValue> Enter(OrderedMapBranch<TValue> branch, int child)
    {
        _parent = branch;
        _child = child;
        return branch.ChildAt(child);
    }

    private static bool IsChild(OrderedMapBranch<TValue> branch, int index)
        => index >= 0 && index <= branch.Count;
}
