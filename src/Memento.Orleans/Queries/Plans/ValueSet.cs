namespace Memento.Queries;

/// <summary>Which values a property may have where a condition holds: never too few.</summary>
/// <param name="Ranges">The encoded values.</param>
/// <param name="HasUnindexed">Whether it may be null or NaN, which no index has.</param>
/// <param name="IsExact">Whether the condition holds for all of them, whatever else is.</param>
internal readonly record struct ValueSet(
    IReadOnlyList<KeyRange> Ranges, bool HasUnindexed, bool IsExact)
{
    /// <summary>Nothing is known.</summary>
    public static ValueSet Any { get; } = new(KeyRanges.Everything, true, IsExact: false);

    public static ValueSet None { get; } = new(KeyRanges.Nothing, false, IsExact: true);

    /// <summary>All that an index has, and not all of it for certain.</summary>
    public static ValueSet Indexed { get; } = new(KeyRanges.Everything, false, IsExact: false);

    public bool IsEverything => KeyRanges.IsEverything(Ranges);

    public static ValueSet Of(KeyRange range) => new([range], false, IsExact: true);

    public static ValueSet All(IEnumerable<ValueSet> sets)
    {
        var all = new ValueSet(KeyRanges.Everything, true, IsExact: true);
        foreach (ValueSet set in sets)
        {
            all = new ValueSet(
                KeyRanges.Intersect(all.Ranges, set.Ranges),
                all.HasUnindexed && set.HasUnindexed,
                all.IsExact && set.IsExact);
        }

        return all;
    }

    public static ValueSet Either(IReadOnlyCollection<ValueSet> sets)
        => new(
            KeyRanges.Union([.. sets.SelectMany(set => set.Ranges)]),
            sets.Any(set => set.HasUnindexed),
            sets.All(set => set.IsExact));
}
