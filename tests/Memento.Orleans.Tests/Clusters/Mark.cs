namespace Memento.Tests.Clusters;

/// <summary>A record in one of so many partitions that each silo has some.</summary>
[Table(Partitions = 50, Storage = TableStorage.Ram)]
public sealed record Mark
{
    public int Id { get; init; }

    public string? Text { get; init; }
}
