namespace Memento;

/// <summary>Where a table's records outlive the process.</summary>
public enum TableStorage
{
    /// <summary>Nowhere: the table is empty after a restart.</summary>
    Ram = 0,

    /// <summary>In the durable storage: a commit is there before it is acknowledged.</summary>
    Disk = 1,
}
