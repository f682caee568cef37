namespace Memento.CrashChild;

/// <summary>One half of a pair; always written with its <see cref="CrashRight"/>.</summary>
[Table(Storage = TableStorage.Disk, Partitions = 2)]
public sealed record CrashLeft
{
    public int Id { get; init; }

    public long Value { get; init; }
}
