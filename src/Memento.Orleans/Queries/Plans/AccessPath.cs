using Memento.Keys;
using Memento.Tables;

namespace Memento.Queries.Plans;

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
    /// What places on the way begin with before the place of the order, in order: where there are
    /// several, those of each are in the order, and all are merged. Null where the way is not in
    /// the order.
    /// </summary>
    public IReadOnlyList<byte[]>? Prefixes { get; init; } = KeyRanges.NoPrefix;

    /// <summary>Whether the used parts have certain values, and the last no range.</summary>
    public bool ArePoints { get; init; }

    public bool IsOrdered => Prefixes is not null;

    public bool IsBetterThan(AccessPath other)
    {
        if (Rank != other.Rank) return Rank < other.Rank;

        if (Used.Count != other.Used.Count) return Used.Count > other.Used.Count;

        return IsOrdered == other.IsOrdered ? Ranges.Count < other.Ranges.Count : IsOrdered;
    }

    /// <summary>
    /// Whether every record on this way is on the other one too: each condition that leads to fewer
    /// records there does so here.
    /// </summary>
    public bool IsWithin(AccessPath other)
    {
        foreach (ValueSetReader used in other.Used)
        {
            if (!Uses(used.Name)) return false;
        }

        return true;
    }

    private bool Uses(string property)
    {
        foreach (ValueSetReader used in Used)
        {
            if (used.Name == property) return true;
        }

        return false;
    }
}

/// <summary>
/// What kind of way a way is; sooner is better: what leads to fewer records, and to records in key
/// order. Values are those of the first parts; ranges are of the first part.
/// </summary>
internal enum PathRank
{
    Nothing,
    Keys,
    UniqueValues,
    IndexValues,
    KeyValues,
    KeyRange,
    IndexRange,
    HalfKeyRange,
    HalfIndexRange,

    /// <summary>All that is not null, or no NaN.</summary>
    NotNull,
    Everything,
}

/// <summary>What is known of a comparison with a constant before any value is.</summary>
internal enum Outcome
{
    Never,
    WhereNotNull,
    Depends,
}
