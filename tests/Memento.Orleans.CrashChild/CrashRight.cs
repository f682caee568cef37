namespace Memento.CrashChild;

/// <summary>The other half of a <see cref="CrashLeft"/>.</summary>
[Table(Storage = TableStorage.Disk, Partitions = 2)]
public sealed record CrashRight
{
    public int Id { get; init; }

    public long Value { get; init; }
}
