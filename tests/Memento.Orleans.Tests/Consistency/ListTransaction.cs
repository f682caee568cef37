namespace Memento.Tests.Consistency;

/// <summary>A transaction in the view of its caller.</summary>
/// <param name="id">Its number, for people.</param>
/// <param name="start">The time of its call.</param>
/// <param name="end">The time of its answer.</param>
/// <param name="outcome">How it ended.</param>
/// <param name="operations">Its operations, in order.</param>
internal sealed class ListTransaction(
    int id, long start, long end, ListOutcome outcome, IReadOnlyList<ListOperation> operations)
{
    public long Start { get; } = start;

    public long End { get; } = end;

    public ListOutcome Outcome { get; } = outcome;

    public IReadOnlyList<ListOperation> Operations { get; } = operations;

    /// <summary>The process in which it ran.</summary>
    public int Process { get; init; }

    /// <summary>The stamp of its commit; 0: none, or it has changed nothing.</summary>
    public long Stamp { get; init; }

    /// <summary>Why it was not committed, for people; null: it was, or nothing is known.</summary>
    public string? Reason { get; init; }

    public override string ToString() => $"T{id}";

    /// <summary>All that is known of it, for people.</summary>
    public string Describe()
        => $"{this} = {string.Join("; ", Operations)}; {Outcome}{(Reason is null ? "" : ": ")}"
            + Reason;
}
