namespace Memento.Catalog;

/// <summary>How a table of the program meets the one that is there.</summary>
[GenerateSerializer]
[Immutable]
[Alias("Memento.EnsureResponse")]
internal sealed record EnsureResponse
{
    /// <summary>What contradicts the definition; empty where nothing does.</summary>
    [Id(0)]
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>The indexes that were added while an earlier program ran.</summary>
    [Id(1)]
    public IReadOnlyList<IndexInfo> Added { get; init; } = [];

    /// <summary>The names of the unique indexes that have to be filled before they can be used.</summary>
    [Id(2)]
    public IReadOnlyList<string> Unfilled { get; init; } = [];
}
