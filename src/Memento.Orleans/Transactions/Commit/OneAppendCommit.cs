using Memento.Partitions;
using Memento.Storage;

namespace Memento.Transactions.Commit;

/// <summary>
/// The commit of a transaction whose participants are all partitions of this silo: seal each, append one
/// journal entry, apply and release each, wait until the entry is durable (DESIGN.md, section 5).
/// </summary>
/// <remarks>
/// What must hold: the entry is appended while every lock is held, so that the journal's order is the order
/// in which transactions depend on each other; nobody is told of a write before the journal has it, neither
/// its author nor who has read it.
/// </remarks>
internal sealed class OneAppendCommit(Journal journal)
{
    /// <summary>The journal's generation; a transaction takes it when it begins.</summary>
    public int Generation => journal.Generation;

    /// <summary>Commits; never throws for what can happen to a transaction.</summary>
    /// <param name="transactionId">The attempt's id.</param>
    /// <param name="parts">Each partition that took part, with the operations made there.</param>
    /// <param name="generation">The journal's generation when the transaction began.</param>
    /// <param name="keepsOutcome">Whether the outcome is to be found by id afterwards.</param>
    public ValueTask<CommitResult> CommitAsync(
        Guid transactionId, IReadOnlyList<CommitPart> parts, int generation, bool keepsOutcome)
    {
        foreach (CommitPart part in parts)
        {
            if (!part.Partition.TrySeal(part.Transaction, part.Operations))
            {
                AbortAll(parts);
                return new(CommitResult.TryAgain(
                    $"Partition {part.Partition.Number} of table '{part.Partition.Table.Name}' was "
                    + "lost or moved while the transaction ran."));
            }
        }

        long dependsOn = 0;
        bool writesToDisk = false;
        foreach (CommitPart part in parts)
        {
            dependsOn = Math.Max(dependsOn, part.Transaction.DependsOn);
            writesToDisk |= part.Transaction.Staged.Count > 0
                && part.Partition.Table.Storage == TableStorage.Disk;
        }

        bool mustWait = writesToDisk || dependsOn > journal.DurablePosition;
        if (!mustWait && (dependsOn == 0 || journal.Generation == generation))
        {
            foreach (CommitPart part in parts)
                part.Partition.Commit(part.Transaction);
            ShowNumbers(parts);
            return new(CommitResult.Committed);
        }

        return CommitThroughJournalAsync(
            transactionId, parts, generation, writesToDisk, keepsOutcome);
    }

    /// <summary>
    /// Waits until a position is durable; a conflict where a transaction of the generation may have read
    /// what was taken back.
    /// </summary>
    public async ValueTask<MementoException?> ConfirmReadsAsync(long position, int generation)
    {
        if (position == 0) return null;
        if (position > journal.DurablePosition) await journal.FlushAsync().ConfigureAwait(false);
        return journal.Generation == generation
            ? null
            : new TransactionConflictException(
                "The durable storage failed while the transaction ran, and it had read what was taken "
                + "back.");
    }

    private async ValueTask<CommitResult> CommitThroughJournalAsync(
        Guid transactionId,
        IReadOnlyList<CommitPart> parts,
        int generation,
        bool writesToDisk,
        bool keepsOutcome)
    {
        JournalEntry? entry = writesToDisk
            ? MakeEntry(transactionId, parts, keepsOutcome)
            : null;
        AppliedCommit[] applied = [.. parts.Select(static part => new AppliedCommit(part.Partition))];
        var pending = new PendingCommit(entry, applied);
        try
        {
            if (!journal.TryAppend(pending, generation))
            {
                AbortAll(parts);
                return CommitResult.TryAgain(
                    "The durable storage failed while the transaction ran, and it may have read what "
                    + "was taken back.");
            }
        }
        catch (StorageException exception)
        {
            AbortAll(parts);
            return CommitResult.Failed(exception);
        }

        for (int i = 0; i < parts.Count; i++)
            parts[i].Partition.Commit(parts[i].Transaction, pending, applied[i]);

        try
        {
            await pending.Durable.ConfigureAwait(false);
            ShowNumbers(parts);
            return CommitResult.Committed;
        }
        catch (CommitTakenBackException exception)
        {
            return CommitResult.TryAgain(exception.Message);
        }
        catch (MementoException exception)
        {
            return CommitResult.Failed(exception);
        }
    }

    /// <summary>
    /// Before the caller is told: the next number that it gets is above those that it has written.
    /// </summary>
    private static void ShowNumbers(IReadOnlyList<CommitPart> parts)
    {
        foreach (CommitPart part in parts)
            part.Partition.ShowNumbers(part.Transaction);
    }

    private static JournalEntry MakeEntry(
        Guid transactionId, IReadOnlyList<CommitPart> parts, bool keepsOutcome)
    {
        List<RowWrite> writes = [];
        List<PartitionEpoch> epochs = [];
        foreach (CommitPart part in parts)
        {
            Partition partition = part.Partition;
            if (partition.Table.Storage != TableStorage.Disk) continue;

            epochs.Add(new PartitionEpoch(partition.Table.Name, partition.Number, partition.Epoch));
            foreach (StagedWrite write in part.Transaction.Staged.Effective)
            {
                writes.Add(new RowWrite(
                    partition.Table.StoreName(write.Store),
                    partition.Number,
                    write.Key.Bytes,
                    write.Document));
            }
        }

        return new JournalEntry
        {
            TransactionId = transactionId,
            Writes = writes,
            Epochs = epochs,
            KeepsOutcome = keepsOutcome,
        };
    }

    private static void AbortAll(IReadOnlyList<CommitPart> parts)
    {
        foreach (CommitPart part in parts)
            part.Partition.Abort(part.Transaction, evenIfSealed: true);
    }
}
