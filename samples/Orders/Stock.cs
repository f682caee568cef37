using Memento;

namespace Orders;

/// <summary>What is left of a product.</summary>
[Table(Storage = TableStorage.Disk)]
public sealed record Stock
{
    [PrimaryKey] public required string Product { get; init; }

    public required int Left { get; init; }

    public required long Price { get; init; }
}
