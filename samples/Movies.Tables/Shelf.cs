using Memento;

namespace Movies.Tables;

/// <summary>How many copies of a film the shop has. In ram: counted anew each day.</summary>
[Table]
public sealed record Shelf
{
    /// <summary>The key: the film's.</summary>
    [PrimaryKey]
    public required long MovieId { get; init; }

    /// <summary>How many copies are there to be rented.</summary>
    public required int Copies { get; init; }
}
