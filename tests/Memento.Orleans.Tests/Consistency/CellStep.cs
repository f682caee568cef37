namespace Memento.Tests.Consistency;

/// <summary>One step of a transaction: a query or a write.</summary>
/// <param name="Query">The query.</param>
/// <param name="Answer">The answer of the query.</param>
/// <param name="Write">The write; without a stamp, a deletion.</param>
internal sealed record CellStep(CellQuery? Query, string? Answer, Cell? Write);
