using Memento.Keys;
using Memento.Queries.Evaluation;
using Memento.Queries.Orders;
using Memento.Tables;

namespace Memento.Queries.Plans;

/// <summary>
/// Finds the places of the records of a guard along the keys, or along an index. A way is taken
/// only if each of these records is on it: the order of the evaluator is the order of the encoded
/// bytes.
/// </summary>
internal sealed class AccessPathFinder(GuardBinder binder, GuardNode guard, RecordOrder? order)
{
    public AccessPath FindByKey(TableDefinition table)
        => Find(index: null, table.KeyCodec.Parts)
            ?? new AccessPath(null, KeyRanges.Everything, PathRank.Everything)
            {
                Prefixes = PrefixesOf(index: null, table.KeyCodec.Parts, []),
            };

    /// <returns>
    /// The way, or null if it neither leads to fewer records nor is in the order.
    /// </returns>
    public AccessPath? FindByIndex(IndexDefinition index)
    {
        if (Find(index, index.Parts) is { } path) return path;

        return order is not null && PrefixesOf(index, index.Parts, []) is { } prefixes
            ? new AccessPath(index, KeyRanges.Everything, PathRank.Everything)
            {
                Prefixes = prefixes,
            }
            : null;
    }

    /// <summary>
    /// Takes the parts in order, as long as each has single values. The first part with ranges is
    /// the last one that helps.
    /// </summary>
    private AccessPath? Find(IndexDefinition? index, IReadOnlyList<KeyPart> parts)
    {
        var reader = new ValueSetReader(binder, parts[0], isTagged: index is not null);
        ValueSet set = reader.Read(guard);
        if (set.IsEverything) return null;

        PathRank rank = RankOf(index, reader, set);
        var used = new List<ValueSetReader>(parts.Count) { reader };
        IReadOnlyList<KeyRange> ranges = set.Ranges;
        var points = new List<IReadOnlyList<KeyRange>>(parts.Count);
        bool arePoints = set.ArePoints;
        bool mayBeNone = reader.MayBeNone(set);
        if (arePoints) points.Add(ranges);

        while (arePoints && used.Count < parts.Count)
        {
            reader = new ValueSetReader(binder, parts[used.Count], isTagged: index is not null);
            set = reader.Read(guard);
            bool isTooMany =
                (long)ranges.Count * set.Ranges.Count > QueryPlanner.MaxCombinations;
            if (set.IsEverything || isTooMany) break;

            ranges = KeyRanges.Behind(ranges, set.Ranges);
            used.Add(reader);
            arePoints = set.ArePoints;
            if (arePoints) points.Add(ranges);

            mayBeNone |= reader.MayBeNone(set);
        }

        if (ranges.Count == 0) return AccessPath.Nothing;

        bool isWhole = arePoints && used.Count == parts.Count;
        if (isWhole && index is { Unique: true } && !mayBeNone) rank = PathRank.UniqueValues;

        bool areKeys = isWhole && index is null;
        return new AccessPath(
            index,
            used.Count == parts.Count ? ranges : KeyRanges.WithoutPoints(ranges),
            areKeys ? PathRank.Keys : rank)
        {
            Keys = areKeys ? KeyRanges.ToKeys(ranges) : null,
            Used = used,
            ArePoints = arePoints,
            Prefixes = PrefixesOf(index, parts, points),
        };
    }

    private static PathRank RankOf(
        IndexDefinition? index, ValueSetReader reader, in ValueSet set)
    {
        bool isKey = index is null;
        if (set.ArePoints) return isKey ? PathRank.KeyValues : PathRank.IndexValues;

        if (reader.IsAnyValue(set)) return PathRank.NotNull;

        if (reader.IsBounded(set)) return isKey ? PathRank.KeyRange : PathRank.IndexRange;

        return isKey ? PathRank.HalfKeyRange : PathRank.HalfIndexRange;
    }

    /// <summary>
    /// The prefixes of places before the place in the order: the values of the first parts, if the
    /// order has the other parts, and all in its direction.
    /// </summary>
    /// <param name="index">The index; null is the key.</param>
    /// <param name="parts">Its parts.</param>
    /// <param name="points">
    /// The single values: of the first part, of the first two parts, and so on.
    /// </param>
    private IReadOnlyList<byte[]>? PrefixesOf(
        IndexDefinition? index,
        IReadOnlyList<KeyPart> parts,
        List<IReadOnlyList<KeyRange>> points)
    {
        if (order is null) return KeyRanges.NoPrefix;

        // A key has no tags, and a place in an order has: the keys are only in their own order.
        if (index is null) return order.Parts.Count == 0 ? KeyRanges.NoPrefix : null;

        int before = parts.Count - order.Parts.Count;
        if (before < 0 || before > points.Count) return null;

        for (int place = before; place < parts.Count; place++)
        {
            OrderPart part = order.Parts[place - before];
            if (part.Property != parts[place].Name || part.IsDescending != order.IsDescending)
                return null;
        }

        if (before == 0) return KeyRanges.NoPrefix;

        IReadOnlyList<KeyRange> values = points[before - 1];
        return values.Count > QueryPlanner.MaxMerged
            ? null
            : [.. values.Select(static value => value.From)];
    }
}
