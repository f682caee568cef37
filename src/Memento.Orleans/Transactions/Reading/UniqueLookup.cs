using Memento.Keys;
using Memento.Participants;
using Memento.Partitions.Operations;
using Memento.Queries.Plans;
using Memento.Tables;

namespace Memento.Transactions.Reading;

/// <summary>
/// Finds records by values of a unique index. The partition of a value has the key of the only
/// record with that value, so two partitions are asked, not all. The values stay locked, taken or
/// free, so that no other transaction takes them meanwhile.
/// </summary>
internal sealed class UniqueLookup(IOperationSender sender, TableDefinition table)
{
    /// <summary>
    /// The largest number of values to look up. With more values every partition is asked once;
    /// each has its part of the index.
    /// </summary>
    public const int MaxValues = 8;

    /// <summary>
    /// Replaces a plan by values of a unique index with a plan by keys. Returns any other plan
    /// unchanged.
    /// </summary>
    public ValueTask<QueryPlan> ResolveAsync(QueryPlan plan, CancellationToken cancellationToken)
        => plan.Path is { Rank: PathRank.UniqueValues, ArePoints: true, Ranges.Count: <= MaxValues }
            && TryReadValues(plan) is { } values
                ? FindAsync(plan, values, cancellationToken)
                : new(plan);

    private async ValueTask<QueryPlan> FindAsync(
        QueryPlan plan, List<Key> values, CancellationToken cancellationToken)
    {
        List<Key> keys = [];
        foreach (Key value in values)
        {
            byte[]? holder = await sender.SendAsync(
                table, new FindHolderOperation(plan.Index!.Reference, value), cancellationToken)
                .ConfigureAwait(false);
            if (holder is not null) keys.Add(new Key(holder));
        }

        keys.Sort();
        bool isByKey = plan.Order is null or { Parts.Count: 0 };
        var path = new AccessPath(
            Index: null, [.. keys.Select(static key => KeyRange.Point(key.Bytes))], PathRank.Keys)
        {
            Keys = keys,
            Prefixes = isByKey ? KeyRanges.NoPrefix : null,
        };
        return plan.Along(path);
    }

    /// <summary>
    /// The values in the form of the unique index; null if a value is null or NaN.
    /// </summary>
    private static List<Key>? TryReadValues(QueryPlan plan)
    {
        List<Key> values = [];
        foreach (KeyRange range in plan.Ranges)
        {
            if (!plan.Index!.TryReadUnique(range.From, out byte[] value)) return null;
            values.Add(new Key(value));
        }

        return values;
    }
}
