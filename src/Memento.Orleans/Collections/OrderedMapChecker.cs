using System.Diagnostics;
using Memento.Keys;

namespace Memento.Collections;

/// <summary>Walks a whole map and throws at the first broken invariant.</summary>
internal sealed class OrderedMapChecker<TValue>
{
    private int _entries;
    private int _leafDepth = -1;

    private OrderedMapChecker()
    {
    }

    public static void Check(OrderedMap<TValue> map)
    {
        var checker = new OrderedMapChecker<TValue>();
        checker.Visit(map.Root, 0, isLast: true, null, null);
        Ensure(checker._entries == map.Count, "the count is not the number of entries");
    }

    private void Visit(
        OrderedMapNode<TValue> node, int depth, bool isLast, byte[]? from, byte[]? to)
    {
        // Only the last node of a level, which ascending keys are filling, may be nearly empty.
        int fewest = depth == 0 ? 0 : isLast ? 1 : OrderedMapNode<TValue>.Minimum;
        Ensure(node.Count >= fewest, "a node has too few keys");
        Ensure(node.Count <= OrderedMapNode<TValue>.Capacity, "a node has too many keys");
        VisitKeys(node, from, to);
        if (node is OrderedMapLeaf<TValue> leaf)
        {
            VisitLeaf(leaf, depth);
            return;
        }

        var branch = (OrderedMapBranch<TValue>)node;
        Ensure(branch.Count > 0, "a branch has one child only");
        for (int index = 0; index <= branch.Count; index++)
            Visit(
                branch.ChildAt(index),
                depth + 1,
                isLast && index == branch.Count,
                index == 0 ? from : branch.Keys[index - 1],
                index == branch.Count ? to : branch.Keys[index]);
    }

    private static void VisitKeys(OrderedMapNode<TValue> node, byte[]? from, byte[]? to)
    {
        for (int index = 0; index < node.Count; index++)
        {
            byte[] key = node.Keys[index];
            Ensure(index == 0 || Compare(node.Keys[index - 1], key) < 0, "keys are out of order");
            Ensure(from is null || Compare(from, key) <= 0, "a key is before its node");
            Ensure(to is null || Compare(key, to) < 0, "a key is after its node");
            Ensure(node.Search(key, KeyBytes.Head(key)) == index, "a head is wrong");
        }

        for (int index = node.Count; index < node.Keys.Length; index++)
            Ensure(node.Keys[index] is null, "a free slot keeps a key alive");
    }

    private void VisitLeaf(OrderedMapLeaf<TValue> leaf, int depth)
    {
        Ensure(_leafDepth < 0 || _leafDepth == depth, "leaves are at different depths");
        _leafDepth = depth;
        _entries += leaf.Count;
    }

    private static int Compare(byte[] left, byte[] right)
        => left.AsSpan().SequenceCompareTo(right);

    private static void Ensure(bool condition, string problem)
    {
        if (!condition) throw new UnreachableException($"The ordered map is broken: {problem}.");
    }
}
