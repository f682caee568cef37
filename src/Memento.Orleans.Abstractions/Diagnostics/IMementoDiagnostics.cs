namespace Memento;

/// <summary>
/// Describes the running transactions and the locks of this process, to find out why a transaction
/// waits. It comes from dependency injection, and is thread-safe.
/// </summary>
public interface IMementoDiagnostics
{
    /// <summary>
    /// Raised in the silo that opens a partition of a table in ram whose records were lost with
    /// another silo. It is raised on any thread, before the partition answers; a listener that
    /// throws changes nothing. Never raised in a client.
    /// </summary>
    event EventHandler<PartitionLostEventArgs>? PartitionLost;

    /// <summary>
    /// The running transactions and the locks of this process. A client has only its own
    /// transactions; the locks are in the silos. It enters each partition for a moment, one after
    /// the other: a lock that changes meanwhile may be shown twice or not at all.
    /// </summary>
    StoreDescription Describe();
}
