namespace Memento.Messages;

/// <summary>
/// A snapshot that a client reads: the silo of this grain has taken it, and reads for the client.
/// The key is the client's; nobody else knows it.
/// </summary>
[Alias("Memento.ISnapshotGrain")]
internal interface ISnapshotGrain : IGrainWithGuidKey
{
    /// <summary>Takes the snapshot.</summary>
    /// <param name="maxAge">How long it lives at the most.</param>
    /// <param name="clock">The client's clock.</param>
    /// <returns>The stamp of the snapshot.</returns>
    [Alias("TakeAsync")]
    Task<long> TakeAsync(TimeSpan maxAge, long clock);

    /// <summary>Reads a partition. The request names no snapshot: it is the grain's.</summary>
    [Alias("ReadAsync")]
    Task<SnapshotAnswer> ReadAsync(SnapshotRead request);

    /// <summary>
    /// Says that the client lives. A snapshot of which nothing is heard for long ends.
    /// </summary>
    [Alias("RenewAsync")]
    Task RenewAsync();

    /// <summary>Ends the snapshot.</summary>
    [Alias("EndAsync")]
    Task EndAsync();
}
