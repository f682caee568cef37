namespace Memento;

/// <summary>What can be chosen about the SQLite storage.</summary>
public sealed class SqliteOptions
{
    /// <summary>
    /// When SQLite waits for the disk; <see cref="SqliteSynchronous.Full"/> by default: what is
    /// acknowledged survives a power loss.
    /// </summary>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;

    /// <summary>
    /// How long to wait for another program that holds the file locked, such as an SQL tool, before
    /// the batch fails; from a millisecond to an hour, 5 s by default.
    /// </summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
