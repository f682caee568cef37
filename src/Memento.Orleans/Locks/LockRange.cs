namespace Memento.Locks;

/// <summary>A range's node in the tree of its key space, see <see cref="LockRanges"/>.</summary>
internal sealed class LockRange
{
    /// <summary>
    /// The greatest end of this range and of all ranges under it; null: no bound.
    /// </summary>
    private byte[]? _reach;

    private byte[] _from = [];
    private byte[]? _to;
    private int _height;

    /// <summary>The entry of the range; null only in a spare node.</summary>
    public LockEntry Entry { get; private set; } = null!;

    public LockRange? Parent { get; private set; }

    public LockRange? Left { get; private set; }

    public LockRange? Right { get; private set; }

    /// <summary>The height of the left side minus the height of the right side.</summary>
    public int Lean => (Left?._height ?? 0) - (Right?._height ?? 0);

    public void Begin(LockEntry entry)
    {
        Entry = entry;
        _from = entry.Resource.Key.Bytes;
        _to = entry.Resource.To;
        Parent = null;
        Measure();
    }

    /// <summary>Clears the node.</summary>
    /// <param name="nextSpare">The next spare node.</param>
    public void End(LockRange? nextSpare)
    {
        Entry = null!;
        _from = [];
        _to = null;
        _reach = null;
        Left = null;
        Right = null;
        Parent = nextSpare;
    }

    public void SetLeft(LockRange? child)
    {
        Left = child;
        child?.Parent = this;
    }

    public void SetRight(LockRange? child)
    {
        Right = child;
        child?.Parent = this;
    }

    public void Detach() => Parent = null;

    public void Measure()
    {
        _height = 1 + Math.Max(Left?._height ?? 0, Right?._height ?? 0);
        _reach = Furthest(_to, Furthest(Left, Right));
    }

    public int CompareTo(LockRange other)
    {
        int order = _from.AsSpan().SequenceCompareTo(other._from);
        if (order != 0 || _to == other._to) return order;

        return _to is null ? 1 : other._to is null ? -1 : _to.AsSpan().SequenceCompareTo(other._to);
    }

    public bool BeginsUpTo(byte[] key) => _from.AsSpan().SequenceCompareTo(key) <= 0;

    public bool Contains(byte[] key) => BeginsUpTo(key) && IsBefore(key, _to);

    /// <summary>Whether this range, or one under it, ends behind a key.</summary>
    public bool ReachesBeyond(byte[] key) => IsBefore(key, _reach);

    /// <summary>
    /// Whether heights and ends are right, in this node and all nodes under it; for tests.
    /// </summary>
    internal bool IsSound()
    {
        (int height, byte[]? reach) = (_height, _reach);
        Measure();
        return _height == height
            && (_reach == reach || (_reach is not null && _reach.AsSpan().SequenceEqual(reach)))
            && Math.Abs(Lean) <= 1
            && (Left is null
                || (Left.Parent == this && Left.CompareTo(this) <= 0 && Left.IsSound()))
            && (Right is null
                || (Right.Parent == this && Right.CompareTo(this) >= 0 && Right.IsSound()));
    }

    private static bool IsBefore(byte[] key, byte[]? end)
        => end is null || key.AsSpan().SequenceCompareTo(end) < 0;

    private static byte[]? Furthest(LockRange? left, LockRange? right)
        => left is null ? right is null ? [] : right._reach
            : right is null ? left._reach
            : Furthest(left._reach, right._reach);

    private static byte[]? Furthest(byte[]? one, byte[]? other)
        => one is null || other is null ? null
            : one.AsSpan().SequenceCompareTo(other) >= 0 ? one : other;
}
