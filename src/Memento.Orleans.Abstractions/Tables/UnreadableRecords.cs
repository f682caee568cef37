namespace Memento;

/// <summary>
/// What happens to a stored record whose document the record type of the program cannot read.
/// </summary>
public enum UnreadableRecords
{
    /// <summary>
    /// Its partition is not loaded: each use of it gets a <see cref="StorageException"/> that names
    /// the table, the key and the property.
    /// </summary>
    Fail = 0,

    /// <summary>
    /// Its row is moved, as it is, from the table to the stored table <c>Name$$unreadable</c>, and
    /// the log names it. The partition is loaded without it. <see cref="TableInfo.Unreadable"/>
    /// counts such records.
    /// </summary>
    SetAside = 1,

    /// <summary>
    /// At the start of the silo, the rows that were set aside come back into their tables, except
    /// for keys that have another record now. After that it is <see cref="SetAside"/>: a record
    /// that still cannot be read is set aside again.
    /// </summary>
    Restore = 2,
}
