using Memento;

namespace Movies.Tables;

/// <summary>A copy of a film at a customer's, by a key of two parts.</summary>
[Table(Storage = TableStorage.Disk)]
public sealed record Rental
{
    /// <summary>The first part of the key: the film's.</summary>
    [PrimaryKey(Order = 0)]
    public required long MovieId { get; init; }

    /// <summary>The second part of the key: who has it.</summary>
    [PrimaryKey(Order = 1)]
    public required string Customer { get; init; }

    /// <summary>What it costs.</summary>
    public required decimal Price { get; init; }
}
