namespace Memento.Storage;

/// <summary>A batch relied on a partition that has a newer owner; nothing of it was kept.</summary>
/// <param name="table">The table.</param>
/// <param name="partition">The partition.</param>
public sealed class FencedException(string table, int partition)
    : Exception($"Partition {partition} of table '{table}' has a newer owner.")
{
    /// <summary>The table of the partition that has a newer owner.</summary>
    public string Table { get; } = table;

    /// <summary>The partition that has a newer owner.</summary>
    public int Partition { get; } = partition;
}
