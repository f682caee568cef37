using Memento.Keys;
using Memento.Tables;

namespace Memento.Queries.Plans;

/// <summary>A way to the records of a guard: along the keys, or along an index.</summary>
/// <param name="Index">The index; null is the key.</param>
/// <param name="Ranges">
/// The ranges of the records, in order and without overlap; no range means no record.
/// </param>
/// <param name="Rank">The kind of the way.</param>
internal sealed record AccessPath(
    IndexDefinition? Index, IReadOnlyList<KeyRange> Ranges, PathRank Rank)
{
    public static AccessPath Nothing { get; } = new(null, KeyRanges.Nothing, PathRank.Nothing);

    /// <summary>The way to all records along an index.</summary>
    public static AccessPath AllOf(IndexDefinition index)
        => new(index, KeyRanges.Everything, PathRank.Everything);

    /// <summary>The keys, if all of them are known as whole keys.</summary>
    public IReadOnlyList<Key>? Keys { get; init; }

    /// <summary>The parts that narrow the way, in their order.</summary>
    public IReadOnlyList<ValueSetReader> Used { get; init; } = [];

    /// <summary>
    /// The prefixes of the places on the way, before the place in the order. If there are several,
    /// the records behind each are in the order, and all are merged. Null if the way is not in the
    /// order.
    /// </summary>
    public IReadOnlyList<byte[]>? Prefixes { get; init; } = KeyRanges.NoPrefix;

    /// <summary>Whether all used parts have single values, and the last one has no range.</summary>
    public bool ArePoints { get; init; }

    public bool IsOrdered => Prefixes is not null;

    public bool IsBetterThan(AccessPath other)
    {
        if (Rank != other.Rank) return Rank < other.Rank;

        if (Used.Count != other.Used.Count) return Used.Count > other.Used.Count;

        return IsOrdered == other.IsOrdered ? Ranges.Count < other.Ranges.Count : IsOrdered;
    }

    /// <summary>
    /// Whether every record on this way is on the other way too: each condition that narrows the
    /// other way narrows this one.
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
/// The kind of a way, from the best to the worst: a way that leads to fewer records, and in key
/// order, is better. Values are values of the first parts; ranges are ranges of the first part.
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

    /// <summary>Every value that is not null, or not NaN.</summary>
    NotNull,
    Everything,
}

/// <summary>
/// The result of a comparison with a constant, as far as it is known for all values.
/// </summary>
internal enum Outcome
{
    Never,
    WhereNotNull,
    Depends,
}
