using Memento.Queries;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>What all partitions are asked alike in one query; compiled once in each silo.</summary>
[GenerateSerializer]
[Alias("Memento.FindTerms")]
internal sealed class FindTerms
{
    [NonSerialized]
    private Func<object, bool>? _matches;

    [NonSerialized]
    private RecordOrder? _sort;

    /// <summary>What the records have to satisfy; null: nothing.</summary>
    [Id(0)]
    public Guard? Where { get; init; }

    /// <summary>The same, where it was compiled in this process already.</summary>
    public Func<object, bool>? Filter
    {
        init => _matches = value;
    }

    /// <summary>In which order they come.</summary>
    [Id(1)]
    public ChunkOrder Order { get; init; }

    /// <summary>Whether the greatest comes first.</summary>
    [Id(2)]
    public bool IsBackward { get; init; }

    /// <summary>What is sorted by, where the order is <see cref="ChunkOrder.Sorted"/>.</summary>
    [Id(3)]
    public OrderPart[]? SortBy { get; init; }

    /// <summary>Whether records are kept as they come, neither sorted nor counted only.</summary>
    public bool KeepsRecords => Order is ChunkOrder.Any or ChunkOrder.OfWalk;

    /// <summary>Whether records are sorted into the order of their keys.</summary>
    public bool IsSortedByKey => Order == ChunkOrder.Sorted && SortBy is not { Length: > 0 };

    /// <summary>The same for records that come in the order of their keys.</summary>
    public FindTerms ByKey()
        => new() { Where = Where, Order = ChunkOrder.OfWalk, IsBackward = IsBackward, _matches = _matches };

    public void Compile(TableDefinition table)
    {
        if (Where is not null) _matches ??= RecordFilter.Compile(table, Where);
        if (Order == ChunkOrder.Sorted)
            _sort ??= RecordOrder.Compile(table, SortBy ?? [], IsBackward);
    }

    public bool Matches(object record) => _matches is null || _matches(record);

    public byte[] PlaceOf(StoredRecord record) => _sort!.Encode(record.Record, record.Key);

    /// <summary>Whether a place comes behind another one.</summary>
    public bool IsBehind(byte[] place, byte[] other)
    {
        int comparison = place.AsSpan().SequenceCompareTo(other);
        return IsBackward ? comparison < 0 : comparison > 0;
    }
}
