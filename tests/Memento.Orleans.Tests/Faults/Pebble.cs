namespace Memento.Tests.Faults;

/// <summary>A record that takes no room to speak of.</summary>
[Table(Storage = TableStorage.Ram, Partitions = 2)]
public sealed record Pebble
{
    public long Id { get; init; }

    public bool IsRound { get; init; }
}
