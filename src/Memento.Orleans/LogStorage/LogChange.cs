using Memento.Storage;

namespace Memento.LogStorage;

/// <summary>A change in the log. Each is kept as a whole.</summary>
internal abstract record LogChange;

/// <summary>
/// The entries of a journal's batch. The only change that may be refused; its place in the log
/// decides whether it is.
/// </summary>
internal sealed record BatchChange(JournalBatch Batch) : LogChange;

/// <summary>A partition gets a new owner.</summary>
internal sealed record RaiseChange(string Table, int Partition) : LogChange;

/// <summary>
/// A silo becomes the owner of a partition whose owner number it has raised, if nobody, itself or a
/// silo whose lease has ended owns it.
/// </summary>
internal sealed record ClaimChange(
    string Table, int Partition, long Epoch, Guid Owner, Guid? Ended) : LogChange;

/// <summary>A silo gives up a partition, or all that it owns.</summary>
/// <param name="Owner">The silo.</param>
/// <param name="Owned">The partition, with its owner number; null for all.</param>
internal sealed record ReleaseChange(Guid Owner, PartitionEpoch? Owned) : LogChange;

/// <summary>A table is made, if there is none of its name.</summary>
internal sealed record CreateChange(string Table) : LogChange;

/// <summary>A table is removed, and its owners are fenced off.</summary>
internal sealed record DropChange(string Table) : LogChange;

/// <summary>A note is written.</summary>
internal sealed record NoteChange(string Name, byte[] Note) : LogChange;

/// <summary>A transaction is decided, if it is not yet: aborted.</summary>
internal sealed record DecideChange(Guid TransactionId) : LogChange;

/// <summary>
/// Changes that are appended together, in one state of the log or in several that follow each
/// other without a gap. Nothing of a group counts until its last state is there.
/// </summary>
/// <param name="Writer">The storage that appends it.</param>
/// <param name="Number">
/// The number of the attempt, which no other group of the writer has.
/// </param>
/// <param name="At">When it was appended, by the log's time.</param>
/// <param name="Changes">The changes, in their order; none to close a place in the log.</param>
internal sealed record LogGroup(
    Guid Writer, long Number, DateTimeOffset At, IReadOnlyList<LogChange> Changes);
