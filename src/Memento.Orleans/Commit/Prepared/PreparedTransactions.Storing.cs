using Memento.Invariants;
using Memento.Journaling;
using Memento.Participants;
using Memento.Partitions;
using Memento.Storage;
using Memento.TwoPhase;
using Orleans.Transactions;

namespace Memento.Commit.Prepared;

/// <content>What waits for the journal.</content>
internal sealed partial class PreparedTransactions
{
    /// <summary>
    /// Waits until what a transaction has read in a partition is durable, and makes it prepared in
    /// the storage.
    /// </summary>
    private async Task PersistAsync(PreparedGroup group, PreparedPart part)
    {
        TransactionalStatus failure;
        try
        {
            failure = await SecureAsync(group, part).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            FailOnBroken(exception);
            PreparedLog.NotWritten(logger, exception, group.Id);
            failure = TransactionalStatus.CommitFailure;
        }

        if (part.MayHaveRow) part.Partition.KeepPrepared(part.Transaction);
        Persisted(group, [part], failure);
    }

    private async Task<TransactionalStatus> SecureAsync(PreparedGroup group, PreparedPart part)
    {
        // Also what it overwrites, so that the take-back of that never meets it.
        MementoException? lost = await commit.ConfirmReadsAsync(
            group.Id,
            part.Partition.PositionBelow(part.Transaction),
            group.State!.Generation).ConfigureAwait(false);
        if (lost is StorageException) return TransactionalStatus.CommitFailure;
        if (lost is not null) return TransactionalStatus.CascadingAbort;
        if (OneAppendCommit.Unheld([new LocalParticipant(part.Transaction)]) is not null)
            return TransactionalStatus.BrokenLock;
        if (!part.IsStored || !part.Transaction.Staged.HasChanges) return TransactionalStatus.Ok;

        await tables.EnsureAsync(part.Partition.Table.Name).ConfigureAwait(false);
        lock (group.Gate)
        {
            // It was cancelled meanwhile.
            if (part.Voter.Phase == VoterPhase.Dropping) return TransactionalStatus.CommitFailure;
            part.MayHaveRow = true;
        }

        await AppendAsync(group, [part], [PreparedRow.Make(part)]).ConfigureAwait(false);
        return TransactionalStatus.Ok;
    }

    /// <summary>
    /// Writes what a transaction has written in some partitions, and then applies it in all of
    /// them.
    /// </summary>
    private async Task CommitAsync(PreparedGroup group, List<PreparedPart> parts)
    {
        var failure = TransactionalStatus.Ok;
        Exception? reason = null;
        List<PreparedPart> kept = [];
        try
        {
            List<RowWrite> rows = [];
            foreach (PreparedPart part in parts)
            {
                // One that was closed has ended here: its next owner has it.
                if (!part.Partition.TryBeginConfirm(part.Transaction)) continue;

                kept.Add(part);
                if (part.IsStored) AddRows(part, rows);
            }

            if (rows.Count > 0) await AppendAsync(group, kept, rows).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            FailOnBroken(exception);
            PreparedLog.NotWritten(logger, exception, group.Id);
            failure = TransactionalStatus.CommitFailure;
            reason = exception;
            foreach (PreparedPart part in kept)
            {
                if (part.IsStored) part.Partition.KeepPrepared(part.Transaction);
            }
        }

        if (reason is null) await ApplyAsync(kept).ConfigureAwait(false);
        TaskCompletionSource? confirming;
        lock (group.Gate)
        {
            confirming = group.Confirming;
            group.Confirming = null;
        }

        Persisted(group, parts, failure);
        if (reason is null && kept.Count == parts.Count)
        {
            confirming?.TrySetResult();
            return;
        }

        confirming?.TrySetException(reason as MementoException ?? new StorageException(
            reason is null
                ? $"Transaction {group.Id} is committed, and a partition of it has just moved."
                : $"Transaction {group.Id} is committed, and what it has written could not be "
                    + $"stored: {reason.Message}",
            reason));
    }

    private async Task ApplyAsync(List<PreparedPart> parts)
    {
        List<LocalParticipant> all =
            [.. parts.Select(static each => new LocalParticipant(each.Transaction))];
        int place = await latch.EnterAsync().ConfigureAwait(false);
        try
        {
            _ = clock.Next();
            commit.ApplyAtOnce(all);
        }
        finally
        {
            latch.Exit(place);
        }

        OneAppendCommit.ShowNumbers(all);
    }

    private async Task ForgetAsync(PreparedGroup group, PreparedPart part)
    {
        var failure = TransactionalStatus.Ok;
        try
        {
            if (part.MayHaveRow)
            {
                await AppendAsync(group, [part], [PreparedRow.Delete(part)])
                    .ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            FailOnBroken(exception);
            PreparedLog.NotWritten(logger, exception, group.Id);
            failure = TransactionalStatus.CommitFailure;
        }

        Persisted(group, [part], failure);
    }

    private void Persisted(
        PreparedGroup group, List<PreparedPart> parts, TransactionalStatus failure)
        => Step(
            group,
            (voter, effects) => voter.OnPersisted(failure, effects),
            parts.Contains);

    private static void AddRows(PreparedPart part, List<RowWrite> rows)
    {
        Partition partition = part.Partition;
        foreach (StagedWrite write in PreparedRow.WritesOf(part.Transaction))
        {
            rows.Add(new RowWrite(
                partition.Table.StorageName(write.Space),
                partition.Number,
                write.Key.Bytes,
                write.Document));
        }

        if (part.MayHaveRow) rows.Add(PreparedRow.Delete(part));
    }

    /// <summary>Writes rows of some partitions, durably.</summary>
    private async Task AppendAsync(
        PreparedGroup group, List<PreparedPart> parts, List<RowWrite> rows)
    {
        List<PreparedPart> stored = parts.FindAll(static each => each.IsStored);
        var entry = new JournalEntry
        {
            TransactionId = group.Id,
            Writes = rows,
            Epochs =
            [
                .. stored.Select(static each => new PartitionEpoch(
                    each.Partition.Table.Name, each.Partition.Number, each.Partition.Epoch)),
            ],
        };
        var pending = new PendingCommit(
            entry, [.. stored.Select(static each => new UnappliedPart(each.Partition))]);
        if (!journal.TryAppend(pending, journal.Generation)) throw new CommitTakenBackException();
        await pending.Durable.ConfigureAwait(false);
    }

    private void FailOnBroken(Exception exception)
    {
        if (exception is BrokenInvariantException)
            MemoryLost.Fail(logger, exception, "writing a transaction that others decide");
    }

    /// <summary>
    /// Nothing of it is in memory yet, so that there is nothing to take back. A partition that has
    /// a newer owner is dropped from memory.
    /// </summary>
    private sealed class UnappliedPart(Partition partition) : ITakeBack
    {
        public string Table => partition.Table.Name;

        public int Number => partition.Number;

        public bool IsStored => true;

        public void TakeBack()
        {
        }

        public void Discard() => partition.Discard();
    }
}
