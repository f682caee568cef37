using Memento.Keys;

namespace Memento.Queries.Plans;

/// <summary>
/// Sets of encoded values, as ranges in order that do not overlap. Neighbouring ranges are not
/// joined, so that points stay points.
/// </summary>
internal static class KeyRanges
{
    public static IReadOnlyList<KeyRange> Nothing { get; } = [];

    public static IReadOnlyList<KeyRange> Everything { get; } = [KeyRange.Everything];

    /// <summary>The prefix of an order without values before it.</summary>
    public static IReadOnlyList<byte[]> NoPrefix { get; } = [[]];

    public static bool IsEverything(IReadOnlyList<KeyRange> ranges)
        => ranges is [{ IsEverything: true }];

    public static IReadOnlyList<KeyRange> Union(List<KeyRange> ranges)
    {
        ranges.Sort(static (one, other) => one.From.AsSpan().SequenceCompareTo(other.From));
        var union = new List<KeyRange>(ranges.Count);
        foreach (KeyRange range in ranges)
        {
            if (union.Count > 0 && Overlap(union[^1], range))
                union[^1] = Join(union[^1], range);
            else
                union.Add(range);
        }

        return union;
    }

    public static IReadOnlyList<KeyRange> Intersect(
        IReadOnlyList<KeyRange> one, IReadOnlyList<KeyRange> other)
    {
        var both = new List<KeyRange>();
        int first = 0;
        int second = 0;
        while (first < one.Count && second < other.Count)
        {
            KeyRange left = one[first];
            KeyRange right = other[second];
            byte[] from = left.From.AsSpan().SequenceCompareTo(right.From) >= 0
                ? left.From
                : right.From;
            bool endsFirst = CompareEnds(left.To, right.To) <= 0;
            byte[]? to = endsFirst ? left.To : right.To;

            // A range that overlaps a point contains it: bounds are between values.
            if (to is null || from.AsSpan().SequenceCompareTo(to) < 0)
                both.Add(new KeyRange(from, to, left.IsPoint || right.IsPoint));

            if (endsFirst)
                first++;
            else
                second++;
        }

        return both;
    }

    /// <summary>The ranges of the next part behind each value of the first ones.</summary>
    public static List<KeyRange> Behind(
        IReadOnlyList<KeyRange> firsts, IReadOnlyList<KeyRange> ranges)
    {
        var behind = new List<KeyRange>(firsts.Count * ranges.Count);
        foreach (KeyRange first in firsts)
        {
            foreach (KeyRange range in ranges)
                behind.Add(range.Behind(first.From));
        }

        return behind;
    }

    /// <summary>
    /// The same ranges, if the rest behind the values differs: no range is one whole value.
    /// </summary>
    public static IReadOnlyList<KeyRange> WithoutPoints(IReadOnlyList<KeyRange> ranges)
    {
        var open = new KeyRange[ranges.Count];
        for (int index = 0; index < open.Length; index++)
            open[index] = ranges[index] with { IsPoint = false };

        return open;
    }

    /// <summary>The points as whole keys.</summary>
    public static IReadOnlyList<Key> ToKeys(IReadOnlyList<KeyRange> points)
    {
        var keys = new Key[points.Count];
        for (int index = 0; index < keys.Length; index++)
            keys[index] = new Key(points[index].From);

        return keys;
    }

    private static bool Overlap(in KeyRange sooner, in KeyRange later)
        => sooner.To is null || later.From.AsSpan().SequenceCompareTo(sooner.To) < 0;

    private static KeyRange Join(in KeyRange sooner, in KeyRange later)
    {
        bool isSame = sooner.IsPoint && later.IsPoint;
        byte[]? to = CompareEnds(sooner.To, later.To) >= 0 ? sooner.To : later.To;
        return new KeyRange(sooner.From, to, isSame);
    }

    private static int CompareEnds(byte[]? one, byte[]? other)
    {
        if (one is null || other is null) return (one is null ? 1 : 0) - (other is null ? 1 : 0);

        return one.AsSpan().SequenceCompareTo(other);
    }
}

/// <summary>
/// The encoded keys, or entries of an index, from one key up to another one, which is left out.
/// </summary>
/// <param name="From">The first key; empty means no bound.</param>
/// <param name="To">The first key after the range; null means no bound.</param>
/// <param name="IsPoint">
/// Whether the range has all keys that begin with one whole value; with one value of each part, if
/// there are several.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.KeyRange")]
internal readonly record struct KeyRange(
    [property: Id(0)] byte[] From, [property: Id(1)] byte[]? To, [property: Id(2)] bool IsPoint)
{
    public static KeyRange Everything { get; } = new([], null, IsPoint: false);

    public bool IsEverything => From.Length == 0 && To is null;

    /// <summary>
    /// The range of one value. It is exact, because no encoding is the beginning of another one.
    /// </summary>
    public static KeyRange Point(byte[] value)
        => new(value, KeyBytes.PrefixEnd(value), IsPoint: true);

    /// <summary>The range of all keys that begin with a part of a value.</summary>
    public static KeyRange Prefix(byte[] prefix)
        => new(prefix, KeyBytes.PrefixEnd(prefix), IsPoint: false);

    public bool Contains(ReadOnlySpan<byte> key)
        => key.SequenceCompareTo(From) >= 0 && (To is null || key.SequenceCompareTo(To) < 0);

    /// <summary>The range behind a first part of a composite key.</summary>
    public KeyRange Behind(byte[] first) => new(
        [.. first, .. From],
        To is null ? KeyBytes.PrefixEnd(first) : [.. first, .. To],
        IsPoint);
}
