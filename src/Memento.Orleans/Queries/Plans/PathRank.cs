namespace Memento.Queries.Plans;

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
