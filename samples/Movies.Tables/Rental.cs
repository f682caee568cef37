using Memento;

namespace Movies.Tables;

/// <summary>A rented copy of a film. Its key has two parts.</summary>
[Table(Storage = TableStorage.Disk)]
public sealed record Rental
{
    /// <summary>The first part of the key: the key of the film.</summary>
    [PrimaryKey(Order = 0)]
    public required long MovieId { get; init; }

    /// <summary>The second part of the key: the customer.</summary>
    [PrimaryKey(Order = 1)]
    public required string Customer { get; init; }

    /// <summary>The price.</summary>
    public required decimal Price { get; init; }
}
