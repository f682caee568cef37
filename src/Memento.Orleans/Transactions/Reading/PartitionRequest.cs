using Memento.Keys;
using Memento.Partitions.Operations;
using Memento.Queries.Plans;
using Memento.Tables;

namespace Memento.Transactions.Reading;

/// <summary>A planned query as operations on its partitions.</summary>
internal sealed class PartitionRequest
{
    private readonly FindTerms _terms;
    private readonly WalkWay[] _ways;
    private readonly Dictionary<int, byte[][]>? _keys;
    private readonly bool _writes;
    private readonly WalkLocks _locks;

    /// <param name="table">The table.</param>
    /// <param name="plan">The ways to the records, and the order.</param>
    /// <param name="counts">Whether records are only counted.</param>
    /// <param name="writes">Whether partitions are locked for writing.</param>
    /// <param name="mayLackIndexes">
    /// Whether a partition may lack an index, and then has to sort what the index has in order.
    /// </param>
    /// <param name="locks">What the walks lock.</param>
    /// <param name="countBy">The property by which records are counted; null: none.</param>
    public PartitionRequest(
        TableDefinition table,
        QueryPlan plan,
        bool counts = false,
        bool writes = false,
        bool mayLackIndexes = false,
        WalkLocks locks = WalkLocks.Ranges,
        string? countBy = null)
    {
        _locks = locks;

        // The keys are walked where they are not to be locked.
        _keys = plan.Keys is { } keys && locks == WalkLocks.Ranges
            ? KeysByPartition(table, keys)
            : null;
        bool sorts = !counts && plan.Ways.Any(static way => !way.IsOrdered);
        _terms = new FindTerms
        {
            Where = plan.Guard.IsTrue ? null : plan.Guard,
            Filter = plan.Guard.IsTrue ? null : plan.Filter,
            Order = counts ? ChunkOrder.Counted
                : plan.Order is null ? ChunkOrder.Any
                : sorts && _keys is not null ? ChunkOrder.Sorted
                : ChunkOrder.OfWalk,
            IsBackward = plan.Order is { IsDescending: true },
            SortBy = sorts || (mayLackIndexes && !counts && plan.Order is not null)
                ? [.. plan.Order!.Parts]
                : null,
            IsLimited = plan.IsLimited,
            CountBy = countBy,
        };
        _ways = _keys is null
            ? [.. plan.Ways.Select((path, number) => ToWalk(path, number, plan.CountsByFirst))]
            : [];
        _writes = writes;
        IsSorted = sorts && !plan.Ways.Any(static way => way.IsOrdered);
        Partitions = plan.IsNothing ? []
            : _keys is null ? table.PartitionNumbers
            : [.. _keys.Keys.Order()];
    }

    /// <summary>The partitions that have to be asked.</summary>
    public int[] Partitions { get; }

    /// <summary>
    /// Whether a partition reads all its records each time that it is asked, to sort them.
    /// </summary>
    public bool IsSorted { get; }

    /// <summary>
    /// How many records a partition returns at once if it has sorted them; null: as many as the
    /// operation asks for.
    /// </summary>
    public int? Reach { get; init; }

    /// <summary>
    /// The first operation for each partition, in their order, or one operation for all.
    /// </summary>
    /// <inheritdoc cref="Ask" path="/param"/>
    public FindOperation[] AskEach(int? limit, byte[]? after)
    {
        if (_keys is null) return Partitions.Length == 0 ? [] : [Ask(partition: 0, limit, after)];

        return Array.ConvertAll(Partitions, number => Ask(number, limit, after));
    }

    /// <summary>The operation for a partition.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="limit">How many records to return, at the most; null: all.</param>
    /// <param name="after">
    /// The place after which to begin, in the form that partitions return.
    /// </param>
    /// <param name="way">
    /// The way of the place, if not all ways have the same order; null: any way.
    /// </param>
    public FindOperation Ask(int partition, int? limit, byte[]? after, int? way = null)
        => _keys is not null
            ? new ReadKeysOperation(_terms, limit, after, _keys[partition])
            : new WalkOperation(
                _terms, limit, after, way is { } number ? [_ways[number]] : _ways, _writes)
            {
                SortedLimit = limit is { } least ? Math.Max(least, Reach ?? 0) : null,
                Locks = _locks,
            };

    private static WalkWay ToWalk(AccessPath path, int number, bool countsByFirst)
        => new(
            number,
            path.Index?.Reference,
            KeyRanges.IsEverything(path.Ranges) ? null : [.. path.Ranges],
            path.Prefixes is { } prefixes ? [.. prefixes] : null,
            countsByFirst);

    private static Dictionary<int, byte[][]> KeysByPartition(
        TableDefinition table, IReadOnlyList<Key> keys)
        => keys
            .GroupBy(table.PartitionOf)
            .ToDictionary(
                static group => group.Key,
                static group => group.Select(static key => key.Bytes).ToArray());
}
