namespace Memento;

/// <summary>
/// A partition of a table in ram whose records were lost with the silo that had them, or dropped by
/// it.
/// </summary>
/// <param name="table">The table's name.</param>
/// <param name="partition">The partition's number, 0 or more.</param>
/// <param name="silo">The address of the silo that had them.</param>
/// <param name="lostAt">When the loss was found: the partition begins empty then.</param>
public sealed class PartitionLostEventArgs(
    string table, int partition, string silo, DateTimeOffset lostAt) : EventArgs
{
    /// <summary>The table's name.</summary>
    public string Table { get; } = table;

    /// <summary>The partition's number, 0 or more.</summary>
    public int Partition { get; } = partition;

    /// <summary>
    /// The address of the silo that had them. It has died, or had to drop them because another silo
    /// had taken the partition in the storage.
    /// </summary>
    public string Silo { get; } = silo;

    /// <summary>When the loss was found: the partition begins empty then.</summary>
    public DateTimeOffset LostAt { get; } = lostAt;
}
