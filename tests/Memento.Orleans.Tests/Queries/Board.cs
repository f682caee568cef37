namespace Memento.Tests.Queries;

/// <summary>A record with collections and dictionaries in one another.</summary>
internal sealed record Board
{
    public List<Dictionary<string, int>> Rows { get; init; } = [];

    public List<int[]> Grid { get; init; } = [];

    public Dictionary<int, Dictionary<string, int>> Lines { get; init; } = [];
}
