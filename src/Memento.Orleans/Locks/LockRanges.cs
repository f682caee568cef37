namespace Memento.Locks;

/// <summary>
/// The locked and requested ranges of one key space: a balanced tree in the order of their
/// beginnings, in which each node has the greatest end of all ranges under it. So a point finds the
/// ranges around it without looking at the others.
/// </summary>
/// <remarks>
/// It is an AVL tree: at every node, the heights of the two sides differ by one at the most.
/// </remarks>
internal sealed class LockRanges
{
    private LockRange? _root;

    // A few removed nodes, linked by their parents, so that the next range costs no allocation.
    private LockRange? _spare;
    private int _spares;

    public bool IsEmpty => _root is null;

    internal LockRange? Root => _root;

    public void Add(LockEntry entry)
    {
        LockRange added = TakeSpare() ?? new LockRange();
        added.Begin(entry);
        entry.Range = added;
        if (_root is null)
        {
            _root = added;
            return;
        }

        LockRange parent = _root;
        while ((added.CompareTo(parent) < 0 ? parent.Left : parent.Right) is { } child)
            parent = child;
        if (added.CompareTo(parent) < 0)
            parent.SetLeft(added);
        else
            parent.SetRight(added);
        Rebalance(parent);
    }

    public void Remove(LockEntry entry)
    {
        LockRange removed = entry.Range!;
        entry.Range = null;
        LockRange? changed = removed.Parent;
        if (removed is { Left: not null, Right: not null })
        {
            // The next node in order takes its place; that node has no left side.
            LockRange next = removed.Right;
            while (next.Left is { } before)
                next = before;

            changed = next.Parent == removed ? next : next.Parent;
            if (next.Parent != removed)
            {
                next.Parent!.SetLeft(next.Right);
                next.SetRight(removed.Right);
            }

            next.SetLeft(removed.Left);
            Replace(removed, next);
        }
        else
        {
            Replace(removed, removed.Left ?? removed.Right);
        }

        if (changed is not null) Rebalance(changed);
        Spare(removed);
    }

    /// <summary>The first range around a key, in the order of <see cref="NextAround"/>.</summary>
    public LockRange? FirstAround(byte[] key)
        => _root is null || !_root.ReachesBeyond(key) ? null
            : _root.Contains(key) ? _root
            : NextAround(_root, key);

    /// <summary>
    /// The next range around a key. Each node comes before the nodes under it. A subtree whose
    /// ranges cannot be around the key is skipped.
    /// </summary>
    public static LockRange? NextAround(LockRange range, byte[] key)
    {
        LockRange? current = range;
        do
        {
            current = current.Left is { } left && left.ReachesBeyond(key) ? left
                : RightAround(current, key) ?? ClimbAround(current, key);
        }
        while (current is not null && !current.Contains(key));

        return current;
    }

    /// <summary>All ranges on the right side begin at or after the beginning of this one.</summary>
    private static LockRange? RightAround(LockRange range, byte[] key)
        => range.Right is { } right && right.ReachesBeyond(key) && range.BeginsUpTo(key)
            ? right
            : null;

    private static LockRange? ClimbAround(LockRange range, byte[] key)
    {
        for (LockRange child = range; child.Parent is { } parent; child = parent)
        {
            if (child == parent.Left && RightAround(parent, key) is { } right) return right;
        }

        return null;
    }

    /// <summary>
    /// Updates heights and ends from a node upwards, and rotates nodes that lean too far.
    /// </summary>
    private void Rebalance(LockRange lowest)
    {
        for (LockRange? node = lowest; node is not null; node = node.Parent)
        {
            node.Measure();
            if (node.Lean > 1)
            {
                if (node.Left!.Lean < 0) TurnLeft(node.Left);
                node = TurnRight(node);
            }
            else if (node.Lean < -1)
            {
                if (node.Right!.Lean > 0) TurnRight(node.Right);
                node = TurnLeft(node);
            }
        }
    }

    private LockRange TurnRight(LockRange node)
    {
        LockRange up = node.Left!;
        Replace(node, up);
        node.SetLeft(up.Right);
        up.SetRight(node);
        node.Measure();
        up.Measure();
        return up;
    }

    private LockRange TurnLeft(LockRange node)
    {
        LockRange up = node.Right!;
        Replace(node, up);
        node.SetRight(up.Left);
        up.SetLeft(node);
        node.Measure();
        up.Measure();
        return up;
    }

    private void Replace(LockRange old, LockRange? other)
    {
        if (old.Parent is not { } parent)
        {
            _root = other;
            other?.Detach();
        }
        else if (parent.Left == old)
        {
            parent.SetLeft(other);
        }
        else
        {
            parent.SetRight(other);
        }
    }

    private LockRange? TakeSpare()
    {
        LockRange? spare = _spare;
        if (spare is null) return null;

        _spare = spare.Parent;
        _spares--;
        return spare;
    }

    private void Spare(LockRange removed)
    {
        removed.End(_spares < LockPool.SpareLimit ? _spare : null);
        if (_spares == LockPool.SpareLimit) return;

        _spare = removed;
        _spares++;
    }
}
