using Memento;

namespace Tickets;

/// <summary>
/// How often a show was looked at. In ram: it may be lost with its silo, and nobody misses it.
/// </summary>
[Table]
public sealed record Look
{
    [PrimaryKey] public required string Show { get; init; }

    public required long Count { get; init; }
}
