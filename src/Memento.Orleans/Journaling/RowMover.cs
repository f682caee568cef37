using Memento.Storage;

namespace Memento.Journaling;

/// <summary>
/// Moves rows of a partition between stored tables. No transaction sees them meanwhile: the
/// partition is not open.
/// </summary>
internal sealed class RowMover(Journal journal)
{
    /// <summary>The rows of a move, so that no batch is long.</summary>
    public const int MaxRows = 1000;

    /// <summary>
    /// Moves rows, durably. Each is in one of the two tables, never in both or in none.
    /// </summary>
    /// <param name="from">The stored table that has the rows.</param>
    /// <param name="to">The stored table that gets them.</param>
    /// <param name="owner">The partition, as the caller owns it.</param>
    /// <param name="rows">The rows.</param>
    /// <exception cref="StorageException">Nothing was moved.</exception>
    /// <exception cref="TransactionConflictException">
    /// Nothing was moved, and the caller may try again.
    /// </exception>
    /// <exception cref="TransactionInDoubtException">
    /// The storage has not said whether it moved the rows.
    /// </exception>
    public async Task MoveAsync(
        string from, string to, PartitionEpoch owner, IReadOnlyList<StoredRow> rows)
    {
        List<RowWrite> writes = new(rows.Count * 2);
        foreach (StoredRow row in rows)
        {
            writes.Add(new RowWrite(to, owner.Partition, row.Key, row.Document));
            writes.Add(new RowWrite(from, owner.Partition, row.Key, Document: null));
        }

        var entry = new JournalEntry
        {
            TransactionId = Guid.NewGuid(),
            Writes = writes,
            Epochs = [owner],
        };
        var pending = new PendingCommit(entry, []);
        try
        {
            if (!journal.TryAppend(pending, journal.Generation))
                throw new CommitTakenBackException();
            await pending.Durable.ConfigureAwait(false);
        }
        catch (CommitTakenBackException exception)
        {
            throw new TransactionConflictException(
                $"Partition {owner.Partition} of table '{owner.Table}' is loaded again, because "
                + "the storage failed or the partition has a newer owner. The transaction is run "
                + "again while attempts and time are left.",
                exception);
        }
    }
}
