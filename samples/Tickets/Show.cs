using Memento;

namespace Tickets;

/// <summary>A show, and what is left of its seats.</summary>
[Table(Storage = TableStorage.Disk)]
public sealed record Show
{
    [PrimaryKey] public required string Name { get; init; }

    public required int Seats { get; init; }

    public required int Free { get; init; }
}
