namespace Memento;

/// <summary>
/// The store as it was at one moment: every transaction that had committed by then, in all tables
/// and partitions alike, and nothing of a later one. Its calls take no lock, wait for no writer and
/// keep none waiting, and never conflict. They may run side by side; all must have ended when the
/// body ends.
/// </summary>
/// <remarks>
/// Besides the errors of each call, every call throws <see cref="SnapshotEndedException"/> after
/// the end of the body, past <see cref="SnapshotOptions.MaxAge"/>, when the snapshot was ended
/// because snapshots kept too much memory, and when a silo with a part of it has ended; and
/// <see cref="TableNotFoundException"/> for a table that did not exist at that moment, or has been
/// deleted since, also if another one of its name was made.
/// </remarks>
public interface ISnapshot : IRecordReader
{
    /// <summary>
    /// The moment, as a number that grows: a snapshot that was taken after another one was taken,
    /// or after a commit was acknowledged to the same process, has a higher stamp. It is near the
    /// time in UTC, in units of 100 ns since the year 1, as in <see cref="DateTime.Ticks"/>.
    /// </summary>
    long Stamp { get; }
}
