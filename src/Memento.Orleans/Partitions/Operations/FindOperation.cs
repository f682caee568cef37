using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>
/// Finds the records of a partition that satisfy a query; the answer is a <see cref="Chunk"/> of them.
/// </summary>
[GenerateSerializer]
[Alias("Memento.FindOperation")]
internal abstract class FindOperation(FindTerms terms, int? limit, byte[]? after) : Operation
{
    [Id(0)]
    public FindTerms Terms { get; } = terms;

    /// <summary>How many records to give at the most; null: all.</summary>
    [Id(1)]
    public int? Limit { get; } = limit;

    /// <summary>The place behind which the results begin; null: at the beginning.</summary>
    [Id(2)]
    public byte[]? After { get; } = after;

    public override void Prepare(TableDefinition table) => Terms.Compile(table);
}
