namespace Memento.Tests.Faults;

/// <summary>A record that takes room.</summary>
[Table(Storage = TableStorage.Disk, Partitions = 2)]
public sealed record Parcel
{
    public long Id { get; init; }

    public string Content { get; init; } = "";
}
