namespace Memento.CrashChild;

/// <summary>
/// One of many that are written in one transaction, and then go with all the others.
/// </summary>
[Table(Storage = TableStorage.Disk, Partitions = 2)]
public sealed record CrashLeaf
{
    public int Id { get; init; }

    /// <summary>Which time of filling the table it is of.</summary>
    public long Filling { get; init; }
}
