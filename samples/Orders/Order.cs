using Memento;

namespace Orders;

/// <summary>What was bought. Its number comes from the customer.</summary>
[Table(Storage = TableStorage.Disk)]
public sealed record Order
{
    [PrimaryKey] public required Guid Number { get; init; }

    [Index] public required string Customer { get; init; }

    public required string Product { get; init; }

    public required int Quantity { get; init; }

    public required long Paid { get; init; }
}
