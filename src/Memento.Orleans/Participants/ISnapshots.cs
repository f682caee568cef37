using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>Takes snapshots of the whole store.</summary>
internal interface ISnapshots
{
    /// <summary>
    /// Takes a snapshot. It shows all that was acknowledged before, and nothing that may be lost.
    /// </summary>
    /// <param name="maxAge">How long it lives at the most.</param>
    /// <param name="cancellationToken">Ends the wait for it.</param>
    /// <exception cref="StorageException">
    /// The storage does not say whether it has kept what the snapshot would show.
    /// </exception>
    ValueTask<IOpenSnapshot> TakeAsync(TimeSpan maxAge, CancellationToken cancellationToken);
}

/// <summary>A snapshot that can be read.</summary>
internal interface IOpenSnapshot
{
    /// <summary>Its place among all commits.</summary>
    long Stamp { get; }

    /// <summary>Whether records that it gives may be those of partitions in this process.</summary>
    bool SharesMemory { get; }

    /// <summary>Carries an operation out on a partition as it was.</summary>
    /// <exception cref="SnapshotEndedException">The snapshot has ended.</exception>
    ValueTask<TResult> ReadAsync<TResult>(
        TableDefinition table,
        int number,
        Operation<TResult> operation,
        CancellationToken cancellationToken);

    /// <summary>Ends it, and does not wait.</summary>
    void End();
}

/// <summary>The snapshots of this process, some of which may be too old.</summary>
internal interface IAgingSnapshots
{
    /// <summary>How many there are.</summary>
    int Count { get; }

    /// <summary>
    /// An estimate of the bytes that are in memory only because of snapshots.
    /// </summary>
    long KeptBytes { get; }

    /// <summary>Ends those that are too old. Called once a second.</summary>
    void EndOverdue();
}
