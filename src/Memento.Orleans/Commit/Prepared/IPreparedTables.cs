namespace Memento.Commit.Prepared;

/// <summary>The stored tables that keep prepared transactions.</summary>
internal interface IPreparedTables
{
    /// <summary>
    /// Makes the one of a table, if it is missing. Afterwards each silo that loads a partition of
    /// the table looks there.
    /// </summary>
    /// <exception cref="MementoException">It was not made, or not all silos know of it.</exception>
    Task EnsureAsync(string table);
}
