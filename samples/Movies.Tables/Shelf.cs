using Memento;

namespace Movies.Tables;

/// <summary>
/// The copies of a film in the shop. The table is in ram: it is counted anew each day.
/// </summary>
[Table]
public sealed record Shelf
{
    /// <summary>The key of the film.</summary>
    [PrimaryKey]
    public required long MovieId { get; init; }

    /// <summary>How many copies are free to rent.</summary>
    public required int Copies { get; init; }
}
