namespace Memento.Tests.Consistency;

/// <summary>A list that transactions append to, on disk.</summary>
[Table(Storage = TableStorage.Disk, Partitions = 3)]
public sealed record DiskChain
{
    public int Id { get; init; }

    public int[] Values { get; init; } = [];
}
