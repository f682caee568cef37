namespace Memento.Tests.Clusters;

/// <summary>A record with an index that is not unique.</summary>
[Table(Partitions = 50, Storage = TableStorage.Ram)]
public sealed record Label
{
    public int Id { get; init; }

    [Index] public string? Owner { get; init; }

    public string? Text { get; init; }
}
