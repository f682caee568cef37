using Memento.Partitions.Operations;
using Memento.Queries;
using Memento.Tables;
using Memento.Tables.Keys;

namespace Memento.Transactions.Queries;

/// <summary>A planned query as what its partitions are asked.</summary>
internal sealed class PartitionRequest
{
    private readonly FindTerms _terms;
    private readonly string? _index;
    private readonly KeyRange[]? _ranges;
    private readonly Dictionary<int, byte[][]>? _keys;
    private readonly byte[] _prefix;
    private readonly bool _writes;

    /// <param name="table">The table.</param>
    /// <param name="plan">Where to look, and in which order.</param>
    /// <param name="counts">Whether records are only counted.</param>
    /// <param name="writes">Whether partitions are locked for writing.</param>
    public PartitionRequest(
        TableDefinition table, QueryPlan plan, bool counts = false, bool writes = false)
    {
        ChunkOrder order = counts ? ChunkOrder.Counted
            : plan.Order is null ? ChunkOrder.Any
            : plan.IsOrdered ? ChunkOrder.OfWalk
            : ChunkOrder.Sorted;
        _terms = new FindTerms
        {
            Where = plan.Guard.IsTrue ? null : plan.Guard,
            Filter = plan.Guard.IsTrue ? null : plan.Filter,
            Order = order,
            IsBackward = plan.Order is { IsDescending: true },
            SortBy = order == ChunkOrder.Sorted ? [.. plan.Order!.Parts] : null,
        };
        _index = plan.Index?.Name;
        _ranges = plan.IsAll ? null : [.. plan.Ranges];
        _keys = plan.Keys is { } keys ? KeysByPartition(table, keys) : null;
        _prefix = order == ChunkOrder.OfWalk ? plan.Prefix : [];
        _writes = writes;
        Partitions = plan.IsNothing ? []
            : _keys is null ? table.PartitionNumbers
            : [.. _keys.Keys.Order()];
    }

    /// <summary>The partitions that have to be asked.</summary>
    public int[] Partitions { get; }

    /// <summary>Whether a partition looks at everything each time that it is asked.</summary>
    public bool IsSorted => _terms.Order == ChunkOrder.Sorted;

    /// <summary>What each partition is asked first, in their order, or one thing for all.</summary>
    /// <inheritdoc cref="Ask" path="/param"/>
    public Operation[] AskEach(int? limit, byte[]? after)
    {
        if (_keys is null) return Partitions.Length == 0 ? [] : [Ask(partition: 0, limit, after)];

        return Array.ConvertAll(Partitions, Operation (number) => Ask(number, limit, after));
    }

    /// <summary>What a partition is asked.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="limit">How many records to give at the most; null: all.</param>
    /// <param name="after">The place behind which to begin, as partitions tell places.</param>
    public FindOperation Ask(int partition, int? limit, byte[]? after)
        => _keys is null
            ? new WalkOperation(_terms, limit, after, _index, _ranges, _writes)
            : new ReadKeysOperation(_terms, limit, after, _keys[partition]);

    /// <summary>The place in a partition that is a place in the query's order.</summary>
    public byte[]? ToPartition(byte[]? place)
        => place is null || _prefix.Length == 0 ? place : [.. _prefix, .. place];

    /// <summary>The place in the query's order that is a place in a partition.</summary>
    public ReadOnlySpan<byte> FromPartition(byte[] place) => place.AsSpan(_prefix.Length);

    private static Dictionary<int, byte[][]> KeysByPartition(
        TableDefinition table, IReadOnlyList<Key> keys)
        => keys
            .GroupBy(table.PartitionOf)
            .ToDictionary(
                static group => group.Key,
                static group => group.Select(static key => key.Bytes).ToArray());
}
