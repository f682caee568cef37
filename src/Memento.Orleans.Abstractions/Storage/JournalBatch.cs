namespace Memento.Storage;

/// <summary>The entries that become durable together.</summary>
/// <param name="FirstPosition">
/// A journal position above the positions of all earlier batches, and not above the positions of
/// the entries.
/// </param>
/// <param name="Entries">The entries, in journal order; at least one.</param>
public sealed record JournalBatch(long FirstPosition, IReadOnlyList<JournalEntry> Entries);

/// <summary>The part of one transaction in the journal.</summary>
public sealed class JournalEntry
{
    /// <summary>The transaction.</summary>
    public required Guid TransactionId { get; init; }

    /// <summary>
    /// The tables that the transaction empties: all their rows are removed, in every partition,
    /// before its own rows are applied. The time does not depend on the number of rows.
    /// </summary>
    public IReadOnlyList<string> Clears { get; init; } = [];

    /// <summary>Its rows, in the order in which they are applied.</summary>
    public required IReadOnlyList<RowWrite> Writes { get; init; }

    /// <summary>The owner numbers under which its partitions were read and written.</summary>
    public required IReadOnlyList<PartitionEpoch> Epochs { get; init; }

    /// <summary>
    /// Whether a caller in another process may look up the outcome later by transaction id. The
    /// storage then keeps a row "committed" beside the writes.
    /// </summary>
    public bool KeepsOutcome { get; init; }

    /// <summary>
    /// Transactions whose kept outcomes nobody will look up any more. The storage forgets them with
    /// the batch. One that it does not know is passed over.
    /// </summary>
    public IReadOnlyList<Guid> Forgets { get; init; } = [];

    /// <summary>The same entry, whose outcome is kept.</summary>
    internal JournalEntry KeepingOutcome() => new()
    {
        TransactionId = TransactionId,
        Clears = Clears,
        Writes = Writes,
        Epochs = Epochs,
        KeepsOutcome = true,
        Forgets = Forgets,
    };
}

/// <summary>One row of a batch: an upsert, or a delete if <see cref="Document"/> is null.</summary>
/// <param name="Table">The SQL table.</param>
/// <param name="Partition">The partition, 0 or more.</param>
/// <param name="Key">The order-preserving key bytes.</param>
/// <param name="Document">The JSON document in UTF-8, or null to delete the row.</param>
public readonly record struct RowWrite(string Table, int Partition, byte[] Key, byte[]? Document);

/// <summary>The owner number of a partition, which a journal entry relies on.</summary>
/// <param name="Table">The table.</param>
/// <param name="Partition">The partition, 0 or more.</param>
/// <param name="Epoch">The owner number, 1 or more.</param>
public readonly record struct PartitionEpoch(string Table, int Partition, long Epoch);

/// <summary>The end of a transaction.</summary>
public enum TransactionOutcome
{
    /// <summary>The transaction did not happen, and never will.</summary>
    Aborted = 0,

    /// <summary>The transaction happened, and is durable.</summary>
    Committed = 1,
}
