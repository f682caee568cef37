using Memento.Keys;
using Memento.Participants;
using Memento.Partitions.Operations;
using Memento.Queries.Plans;
using Memento.Tables;

namespace Memento.Transactions.Reading;

/// <summary>
/// Finds records by values of a unique index: the partition of a value knows the key of the one
/// record that may have it, so that two partitions are asked and not all. The values stay locked,
/// taken or not, so that nobody else gets them meanwhile.
/// </summary>
internal sealed class UniqueLookup(OperationSender sender, TableDefinition table)
{
    /// <summary>
    /// With more values than this every partition is asked once, which has the index too.
    /// </summary>
    public const int MaxValues = 8;

    /// <summary>
    /// Gives a plan by keys for one by values of a unique index, or the same plan where it is
    /// another.
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

    /// <summary>The values as the unique index has them; null where one is null or NaN.</summary>
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
