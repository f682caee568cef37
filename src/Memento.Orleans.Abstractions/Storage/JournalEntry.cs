namespace Memento.Storage;

/// <summary>What one transaction adds to the journal.</summary>
public sealed class JournalEntry
{
    /// <summary>The transaction.</summary>
    public required Guid TransactionId { get; init; }

    /// <summary>
    /// The tables that it empties: all their rows go, in every partition, before its own rows are applied.
    /// However many they are, the batch takes no longer for it.
    /// </summary>
    public IReadOnlyList<string> Clears { get; init; } = [];

    /// <summary>Its rows, in the order in which they are to be applied.</summary>
    public required IReadOnlyList<RowWrite> Writes { get; init; }

    /// <summary>The owner numbers under which its partitions were read and written.</summary>
    public required IReadOnlyList<PartitionEpoch> Epochs { get; init; }

    /// <summary>
    /// Whether the outcome is to be looked up later by transaction id, as a caller in another process
    /// needs; the storage then keeps a row "committed" beside the writes.
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
