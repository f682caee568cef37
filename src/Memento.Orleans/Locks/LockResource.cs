using System.Diagnostics;
using System.Runtime.CompilerServices;
using Memento.Invariants;
using Memento.Keys;

namespace Memento.Locks;

/// <summary>
/// A resource to lock: the partition as a whole (the default value), a point, or a range. A point
/// is a key in a key space, present or absent; a range is a range of such keys.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
internal readonly struct LockResource : IEquatable<LockResource>
{
    // The end of a range without a bound. It is compared by reference, so it equals no key.
    private static readonly byte[] Unbounded = [0];

    // The parts of a key and not the key, whose padding would make every entry larger.
    private readonly byte[] _from;
    private readonly byte[]? _to;
    private readonly uint _hash;

    private readonly KeySpace _space;

    private LockResource(KeySpace space, Key from, byte[]? to)
    {
        Invariant.Holds(space != default, "a key is in a key space, and not in the partition");
        _from = from.Bytes;
        _hash = from.Hash;
        _to = to;
        _space = space;
    }

    public static LockResource Partition => default;

    public bool IsPartition => _space == default;

    public bool IsRange => _to is not null;

    /// <summary>Whether a range has no key in it; no lock conflicts with it.</summary>
    public bool IsEmpty
        => _to is not null && _to != Unbounded && _from.AsSpan().SequenceCompareTo(_to) >= 0;

    /// <summary>
    /// The key space of the key or the range; the default value for the partition.
    /// </summary>
    public KeySpace Space => _space;

    /// <summary>The key of a point; the beginning of a range.</summary>
    public Key Key => new(_from, _hash);

    /// <summary>The first key after a range; null if it has no bound.</summary>
    public byte[]? To => _to == Unbounded ? null : _to;

    public static bool operator ==(LockResource left, LockResource right) => left.Equals(right);

    public static bool operator !=(LockResource left, LockResource right) => !left.Equals(right);

    public static LockResource Record(Key key) => new(KeySpace.Records, key, to: null);

    /// <summary>A key in a key space.</summary>
    public static LockResource InSpace(KeySpace space, Key key) => new(space, key, to: null);

    /// <summary>
    /// The keys of a key space from one key up to another one, which is left out; null means no
    /// bound. A range is locked for reading, and keeps out owners that lock a key in it for
    /// writing.
    /// </summary>
    public static LockResource Range(KeySpace space, Key from, Key? to)
        => new(space, from, to is { } end ? end.Bytes : Unbounded);

    /// <summary>Whether one is a range and the other a point in it.</summary>
    public bool Meets(in LockResource other)
        => _space == other._space
            && (IsRange
                ? !other.IsRange && Contains(other._from)
                : other.IsRange && other.Contains(_from));

    /// <summary>Whether this range has every key of another one.</summary>
    public bool Covers(in LockResource other)
    {
        Invariant.Holds(IsRange && other.IsRange, "what covers and is covered are ranges");
        return _space == other._space
            && _from.AsSpan().SequenceCompareTo(other._from) <= 0
            && (_to == Unbounded
                || (other._to != Unbounded && _to.AsSpan().SequenceCompareTo(other._to) >= 0));
    }

    /// <summary>Whether two ranges have a key in common, or no gap between them.</summary>
    public bool Touches(in LockResource other)
        => _space == other._space
            && ReachesTo(other._from) && other.ReachesTo(_from);

    /// <summary>The range of all keys of two ranges that touch.</summary>
    public LockResource JoinWith(in LockResource other)
    {
        Invariant.Holds(Touches(other), "ranges that touch are joined");
        bool isFirst = _from.AsSpan().SequenceCompareTo(other._from) <= 0;
        byte[]? end = ReachesTo(other._to!) ? _to : other._to;
        return new LockResource(_space, isFirst ? Key : other.Key, end);
    }

    public bool Equals(LockResource other)
        => _hash == other._hash
            && _space == other._space
            && _from.AsSpan().SequenceEqual(other._from)
            && (_to == other._to || HasSameEnd(other));

    public override bool Equals(object? obj) => obj is LockResource other && Equals(other);

    public override int GetHashCode() => (int)(_hash + ((uint)_space.Number * 0x9e3779b9));

    public override string ToString()
    {
        if (IsPartition) return "partition";
        if (!IsRange) return $"{Space} {Key}";

        string end = To is { } to ? Convert.ToHexString(to) : "the end";
        return $"{Space} from {Key} to {end}";
    }

    /// <summary>
    /// Whether the end of this range is at or after a place, which may be unbounded.
    /// </summary>
    private bool ReachesTo(byte[] place)
        => _to == Unbounded
            || (place != Unbounded && _to.AsSpan().SequenceCompareTo(place) >= 0);

    private bool Contains(byte[] key)
        => _from.AsSpan().SequenceCompareTo(key) <= 0
            && (_to == Unbounded || key.AsSpan().SequenceCompareTo(_to) < 0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool HasSameEnd(in LockResource other)
        => _to is not null && _to != Unbounded
            && other._to is not null && other._to != Unbounded
            && _to.AsSpan().SequenceEqual(other._to);
}
