using Memento.Queries.Evaluation;
using Memento.Queries.Orders;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>
/// Finds the records of a partition that satisfy a query; the answer is a <see cref="Chunk"/> of
/// them.
/// </summary>
[GenerateSerializer]
[Alias("Memento.FindOperation")]
internal abstract class FindOperation(FindTerms terms, int? limit, byte[]? after) : Operation<Chunk>
{
    public override AnswerCodec<Chunk> Codec => AnswerCodecs.Chunk;

    [Id(0)]
    public FindTerms Terms { get; } = terms;

    /// <summary>How many records to return, at the most; null: all.</summary>
    [Id(1)]
    public int? Limit { get; } = limit;

    /// <summary>The place after which the results begin; null: the beginning.</summary>
    [Id(2)]
    public byte[]? After { get; } = after;

    public override void Prepare(TableDefinition table) => Terms.Compile(table);
}

/// <summary>
/// The part of a query that is the same for all partitions. It is compiled once in each silo.
/// </summary>
[GenerateSerializer]
[Alias("Memento.FindTerms")]
internal sealed class FindTerms
{
    [NonSerialized]
    private Func<object, bool>? _matches;

    [NonSerialized]
    private RecordOrder? _sort;

    [NonSerialized]
    private GroupValue? _group;

    /// <summary>The guard that the records have to satisfy; null: none.</summary>
    [Id(0)]
    public Guard? Where { get; init; }

    /// <summary>The compiled guard, if this process has compiled it already.</summary>
    public Func<object, bool>? Filter
    {
        init => _matches = value;
    }

    /// <summary>How the records are ordered.</summary>
    [Id(1)]
    public ChunkOrder Order { get; init; }

    /// <summary>Whether the greatest record comes first.</summary>
    [Id(2)]
    public bool IsBackward { get; init; }

    /// <summary>The order to sort by; null: the records are not sorted.</summary>
    [Id(3)]
    public OrderPart[]? SortBy { get; init; }

    /// <summary>
    /// Whether only the first results are wanted, and not all of them part by part.
    /// </summary>
    [Id(4)]
    public bool IsLimited { get; init; }

    /// <summary>
    /// The property by whose values the records are counted; null: they are not, or all together.
    /// </summary>
    [Id(5)]
    public string? CountBy { get; init; }

    /// <summary>Reads the value by which a record is counted.</summary>
    public GroupValue? Group => _group;

    public void Compile(TableDefinition table)
    {
        if (Where is not null) _matches ??= RecordFilter.Compile(table, Where);
        if (SortBy is not null) _sort ??= RecordOrder.Compile(table, SortBy, IsBackward);
        if (CountBy is not null) _group ??= GroupValue.Compile(table, CountBy);
    }

    /// <summary>The compiled guard; null: every record satisfies the query.</summary>
    public Func<object, bool>? Matches => _matches;

    public byte[] PlaceOf(StoredRecord record) => _sort!.Encode(record.Record, record.Key);

    /// <summary>Whether a place comes after another one.</summary>
    public bool IsBehind(byte[] place, byte[] other)
    {
        int comparison = place.AsSpan().SequenceCompareTo(other);
        return IsBackward ? comparison < 0 : comparison > 0;
    }
}
