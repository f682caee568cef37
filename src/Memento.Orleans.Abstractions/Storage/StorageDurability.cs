namespace Memento;

/// <summary>What an acknowledged commit to disk tables survives.</summary>
public enum StorageDurability
{
    /// <summary>
    /// It was fsynced before it was acknowledged. It survives the end of the process, of the
    /// database and of the machine.
    /// </summary>
    Fsynced = 0,

    /// <summary>
    /// It was handed to the operating system or to the database, which write it to the disk a
    /// moment later. It survives the end of the process. When the machine of the disk loses its
    /// power, the last acknowledged commits may be gone; what is left is sound, and no commit is
    /// there by half.
    /// </summary>
    Written = 1,
}
