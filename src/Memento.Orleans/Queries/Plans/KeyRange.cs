using Memento.Keys;

namespace Memento.Queries.Plans;

/// <summary>The encoded keys, or entries of an index, from one up to, without, another.</summary>
/// <param name="From">The first; empty is without a bound.</param>
/// <param name="To">The first after the range; null is without a bound.</param>
/// <param name="IsPoint">
/// Whether it is all that begins with one whole value: of a key or index of several parts, one of
/// each.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.KeyRange")]
internal readonly record struct KeyRange(
    [property: Id(0)] byte[] From, [property: Id(1)] byte[]? To, [property: Id(2)] bool IsPoint)
{
    public static KeyRange Everything { get; } = new([], null, IsPoint: false);

    public bool IsEverything => From.Length == 0 && To is null;

    /// <summary>One value: an encoding never begins another one, so that is all.</summary>
    public static KeyRange Point(byte[] value)
        => new(value, KeyBytes.PrefixEnd(value), IsPoint: true);

    /// <summary>All that begins with a part of a value.</summary>
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
