namespace Memento.Tests.Clusters;

/// <summary>A record with a unique value, which may be missing, and one without an index.</summary>
[Table(Partitions = 20, Storage = TableStorage.Disk)]
public sealed record Badge
{
    public int Id { get; init; }

    [Index(Unique = true)] public string? Code { get; init; }

    public int Colour { get; init; }
}
