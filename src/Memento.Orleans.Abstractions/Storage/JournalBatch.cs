namespace Memento.Storage;

/// <summary>The entries that become durable together.</summary>
/// <param name="FirstPosition">
/// A journal position that is above those of all batches before, and not above those of the
/// entries.
/// </param>
/// <param name="Entries">The entries, in journal order; at least one.</param>
public sealed record JournalBatch(long FirstPosition, IReadOnlyList<JournalEntry> Entries);

/// <summary>What one transaction adds to the journal.</summary>
public sealed class JournalEntry
{
    /// <summary>The transaction.</summary>
    public required Guid TransactionId { get; init; }

    /// <summary>
    /// The tables that it empties: all their rows go, in every partition, before its own rows are
    /// applied. However many they are, the batch takes no longer for it.
    /// </summary>
    public IReadOnlyList<string> Clears { get; init; } = [];

    /// <summary>Its rows, in the order in which they are to be applied.</summary>
    public required IReadOnlyList<RowWrite> Writes { get; init; }

    /// <summary>The owner numbers under which its partitions were read and written.</summary>
    public required IReadOnlyList<PartitionEpoch> Epochs { get; init; }

    /// <summary>
    /// Whether the outcome is to be looked up later by transaction id, as a caller in another
    /// process needs; the storage then keeps a row "committed" beside the writes.
    /// </summary>
    public bool KeepsOutcome { get; init; }

    /// <summary>The same entry, whose outcome is kept.</summary>
    internal JournalEntry KeepingOutcome() => new()
    {
        TransactionId = TransactionId,
        Clears = Clears,
        Writes = Writes,
        Epochs = Epochs,
        KeepsOutcome = true,
    };
}

/// <summary>
/// One row of a batch: an upsert, or a delete where <see cref="Document"/> is null.
/// </summary>
/// <param name="Table">The SQL table.</param>
/// <param name="Partition">The partition, 0 or more.</param>
/// <param name="Key">The order-preserving key bytes.</param>
/// <param name="Document">The JSON document in UTF-8, or null to delete the row.</param>
public readonly record struct RowWrite(string Table, int Partition, byte[] Key, byte[]? Document);

/// <summary>A partition's owner number that a journal entry relies on.</summary>
/// <param name="Table">The table.</param>
/// <param name="Partition">The partition, 0 or more.</param>
/// <param name="Epoch">The owner number, 1 or more.</param>
public readonly record struct PartitionEpoch(string Table, int Partition, long Epoch);

/// <summary>What became of a transaction.</summary>
public enum TransactionOutcome
{
    /// <summary>It did not happen, and never will.</summary>
    Aborted = 0,

    /// <summary>It happened, and is durable.</summary>
    Committed = 1,
}
