using Memento;

namespace Tickets;

/// <summary>Seats that are sold. Its number comes from the customer.</summary>
[Table(Storage = TableStorage.Disk)]
public sealed record Order
{
    [PrimaryKey] public required Guid Number { get; init; }

    [Index] public required string Show { get; init; }

    public required string Customer { get; init; }

    public required int Seats { get; init; }
}
