namespace Memento.Tests.Conformance.Tables;

/// <summary>
/// A table with several indexes that a query could use, of which one is far better.
/// </summary>
[Table(Partitions = 4)]
[Index(nameof(Lane), nameof(Priority), nameof(RunAfter))]
[Index(nameof(Lane), nameof(RunAfter))]
[Index(nameof(State), nameof(Priority))]
public sealed record Job
{
    public int Id { get; init; }
    public int Lane { get; init; }
    public int Priority { get; init; }
    [Index] public int RunAfter { get; init; }
    public string State { get; init; } = "";
    [Index] public string? Mark { get; init; }
}
