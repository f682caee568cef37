using Memento.Tables;
using Memento.Tables.Keys;

namespace Memento.Queries;

/// <summary>A way to the records of a guard: by the key, or by an index.</summary>
/// <param name="Index">The index; null is the key.</param>
/// <param name="Ranges">
/// Where the records are, in order and without overlap; nothing is nowhere.
/// </param>
/// <param name="Rank">What kind of way it is.</param>
internal sealed record AccessPath(
    IndexDefinition? Index, IReadOnlyList<KeyRange> Ranges, PathRank Rank)
{
    public static AccessPath Nothing { get; } = new(null, KeyRanges.Nothing, PathRank.Nothing);

    /// <summary>The keys, where all of them are known whole.</summary>
    public IReadOnlyList<Key>? Keys { get; init; }

    /// <summary>The parts by which the way leads to fewer records, in their order.</summary>
    public IReadOnlyList<ValueSetReader> Used { get; init; } = [];

    /// <summary>
    /// What all places on the way begin with, before the place of the order; null where the way is
    /// not in the order.
    /// </summary>
    public byte[]? Prefix { get; init; } = [];

    /// <summary>Whether the used parts have certain values, and the last no range.</summary>
    public bool ArePoints { get; init; }

    public bool IsOrdered => Prefix is not null;

    public bool IsBetterThan(AccessPath? other)
    {
        if (other is null || Rank != other.Rank)
            return other is null || Rank < other.Rank;

        if (Used.Count != other.Used.Count)
            return Used.Count > other.Used.Count;

        return IsOrdered == other.IsOrdered ? Ranges.Count < other.Ranges.Count : IsOrdered;
    }
}
