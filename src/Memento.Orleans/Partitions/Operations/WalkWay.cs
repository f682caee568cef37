using Memento.Queries.Plans;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>A way to the records of a query, along the keys or along an index.</summary>
/// <param name="Number">Which of the plan's ways it is.</param>
/// <param name="Index">The index that is walked; null: the keys.</param>
/// <param name="Ranges">Where to look, in order and without overlap; null: everywhere.</param>
/// <param name="Prefixes">
/// What places begin with before the query's order, in order: the places of each are walked side by
/// side, and merged. Null where the way is not in the order.
/// </param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.WalkWay")]
internal sealed record WalkWay(
    [property: Id(0)] int Number,
    [property: Id(1)] IndexReference? Index,
    [property: Id(2)] KeyRange[]? Ranges,
    [property: Id(3)] byte[][]? Prefixes)
{
    public bool IsOrdered => Prefixes is not null;
}
