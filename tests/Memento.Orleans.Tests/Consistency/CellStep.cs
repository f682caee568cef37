namespace Memento.Tests.Consistency;

/// <summary>One thing that a transaction did: it looked, or wrote.</summary>
/// <param name="Query">How it looked.</param>
/// <param name="Answer">What it saw.</param>
/// <param name="Write">What it wrote; without a stamp, it deleted.</param>
internal sealed record CellStep(CellQuery? Query, string? Answer, Cell? Write);
