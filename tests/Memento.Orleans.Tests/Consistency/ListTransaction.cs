namespace Memento.Tests.Consistency;

/// <summary>A transaction as its caller saw it.</summary>
/// <param name="id">Its number, for people.</param>
/// <param name="start">When it was called.</param>
/// <param name="end">When its caller was told how it ended.</param>
/// <param name="outcome">How it ended.</param>
/// <param name="operations">What it did, in order.</param>
internal sealed class ListTransaction(
    int id, long start, long end, ListOutcome outcome, IReadOnlyList<ListOperation> operations)
{
    public long Start { get; } = start;

    public long End { get; } = end;

    public ListOutcome Outcome { get; } = outcome;

    public IReadOnlyList<ListOperation> Operations { get; } = operations;

    public override string ToString() => $"T{id}";
}
