using Memento.Diagnostics;
using Memento.Invariants;
using Memento.Journaling;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Snapshots;
using Memento.Storage;
using Microsoft.Extensions.Logging;

namespace Memento.Commit;

/// <summary>
/// The commit of a transaction whose participants are all partitions of this silo: seal each,
/// append one journal entry, apply and release each, wait until the entry is durable.
/// </summary>
/// <remarks>
/// What must hold: The entry is appended while all locks are held, so that the journal's order is
/// the order in which transactions depend on each other. No caller learns of a write before the
/// journal has it: not its author, and not a reader of it.
/// </remarks>
internal sealed partial class OneAppendCommit(
    Journal journal,
    ApplyLatch latch,
    HybridClock clock,
    StoreTracing tracing,
    ILogger<OneAppendCommit> logger)
{
    /// <summary>The journal's generation; a transaction takes it when it begins.</summary>
    public int Generation => journal.Generation;

    /// <summary>
    /// Commits a transaction. A failure of the transaction is a result, not an exception.
    /// </summary>
    /// <param name="transactionId">The attempt's id.</param>
    /// <param name="participants">
    /// Each partition that took part, with the number of operations in it.
    /// </param>
    /// <param name="generation">The journal's generation when the transaction began.</param>
    /// <param name="keepsOutcome">Whether the outcome can be looked up by id afterwards.</param>
    /// <param name="decision">
    /// What the storage keeps with the commit, because participants of others wait for it; null:
    /// none do.
    /// </param>
    public ValueTask<CommitResult> CommitAsync(
        Guid transactionId,
        IReadOnlyList<LocalParticipant> participants,
        int generation,
        bool keepsOutcome,
        KeptDecision? decision = null)
        => tracing.IsOn
            ? CommitTracedAsync(transactionId, participants, generation, keepsOutcome, decision)
            : Seal(participants) is { } lost
                ? new(lost)
                : CommitSealedAsync(
                    transactionId, participants, generation, keepsOutcome, decision);

    /// <summary>
    /// Waits until a position is durable. Returns a conflict if a transaction of the generation may
    /// have read a commit that was taken back.
    /// </summary>
    public async ValueTask<MementoException?> ConfirmReadsAsync(
        Guid transactionId, long position, int generation)
    {
        if (position == 0) return null;
        try
        {
            if (position > journal.DurablePosition)
            {
                var reads = new PendingCommit(entry: null, [], position, transactionId);
                if (journal.TryAppend(reads, generation)) await reads.Durable.ConfigureAwait(false);
            }
        }
        catch (CommitTakenBackException)
        {
            // The take-back is in the history then, also if this wait came too late to be appended.
        }
        catch (TransactionInDoubtException exception)
        {
            return new StorageException(
                "The durable storage has not said whether it kept what the transaction has read. "
                + "Nothing of the transaction was kept; run it again.",
                exception);
        }
        catch (StorageException exception)
        {
            return exception;
        }

        return journal.Stands(generation, position) ? null : TakenBack();
    }

    /// <summary>
    /// How many operations a transaction has had in a partition, if it could end now without a
    /// commit there: it has only read, what it has read is durable, and this silo has the
    /// partition. Otherwise 0.
    /// </summary>
    public int CountDurableReads(LocalParticipant participant, int generation)
    {
        // In this order: the partition has the transaction and its locks while its operations are
        // counted, which is the place of the transaction among the others.
        int reads = participant.Partition.CountReads(participant.Transaction, out long position);
        if (reads == 0 || participant.Partition.Holding is { Stands: false }) return 0;
        return position == 0
            || (position <= journal.DurablePosition && journal.Stands(generation, position))
                ? reads
                : 0;
    }

    /// <summary>Takes no operations any more; the reason where a partition was lost.</summary>
    public static CommitResult? Seal(IReadOnlyList<LocalParticipant> participants)
    {
        foreach (LocalParticipant each in participants)
        {
            try
            {
                if (each.TrySeal()) continue;
            }
            catch (Exception error)
            {
                // The code of a record type, on a write that was kept back.
                AbortAll(participants);
                return CommitResult.Failed(KeptWriteException.Of(error));
            }

            AbortAll(participants);
            return CommitResult.TryAgain(
                $"Partition {each.Partition.Number} of table '{each.Partition.Table.Name}' was "
                + "lost or moved while the transaction ran.");
        }

        if (Unheld(participants) is not { } ranOut) return null;

        AbortAll(participants);
        return CommitResult.Failed(ranOut);
    }

    /// <summary>
    /// Why this silo may not rely on all partitions of a transaction any more; null if it may. A
    /// transaction that is sealed has all its locks, so that this moment can be its place among
    /// the others.
    /// </summary>
    public static MementoException? Unheld(IReadOnlyList<LocalParticipant> participants)
    {
        foreach (LocalParticipant each in participants)
        {
            if (each.Partition.Holding is not { Stands: false } holding) continue;

            holding.Lease.TryStall();
            return LeaseErrors.LeaseRanOut(each.Partition);
        }

        return null;
    }

    private ValueTask<CommitResult> CommitSealedAsync(
        Guid transactionId,
        IReadOnlyList<LocalParticipant> participants,
        int generation,
        bool keepsOutcome,
        KeptDecision? decision)
    {
        long dependsOn = 0;
        bool hasChanges = false;
        bool writesToDisk = decision is not null;
        foreach (LocalParticipant each in participants)
        {
            dependsOn = Math.Max(dependsOn, each.Transaction.DependsOn);
            if (!each.Transaction.Staged.HasChanges) continue;

            hasChanges = true;
            writesToDisk |= each.Partition.Table.Storage == TableStorage.Disk;
        }

        bool mustWait = writesToDisk || dependsOn > journal.DurablePosition;
        if (!mustWait && (dependsOn == 0 || journal.Stands(generation, dependsOn)))
        {
            if (!hasChanges)
            {
                ApplyAtOnce(participants);
                return new(CommitResult.Committed);
            }

            if (!latch.TryEnter(out int place)) return ApplyLaterAsync(participants);

            return new(ApplyInside(participants, place));
        }

        return tracing.IsOn
            ? AppendTracedAsync(
                transactionId,
                participants,
                dependsOn,
                generation,
                writesToDisk,
                keepsOutcome,
                decision)
            : CommitThroughJournalAsync(
                transactionId,
                participants,
                dependsOn,
                generation,
                writesToDisk,
                keepsOutcome,
                decision);
    }

    /// <summary>
    /// Applies a commit over ram alone, when a cut that is being taken has ended.
    /// </summary>
    private async ValueTask<CommitResult> ApplyLaterAsync(
        IReadOnlyList<LocalParticipant> participants)
    {
        return ApplyInside(participants, await latch.EnterAsync().ConfigureAwait(false));
    }

    private CommitResult ApplyInside(IReadOnlyList<LocalParticipant> participants, int place)
    {
        long stamp;
        try
        {
            stamp = clock.Next();
            ApplyAtOnce(participants);
        }
        finally
        {
            latch.Exit(place);
        }

        ShowNumbers(participants);
        return CommitResult.CommittedAt(stamp);
    }

    private async ValueTask<CommitResult> CommitThroughJournalAsync(
        Guid transactionId,
        IReadOnlyList<LocalParticipant> participants,
        long dependsOn,
        int generation,
        bool writesToDisk,
        bool keepsOutcome,
        KeptDecision? decision)
    {
        AppliedCommit[] applied = [.. participants.Select(
            static each => new AppliedCommit(each.Partition))];
        PendingCommit pending;
        long stamp;

        // The position is given inside it, too: what a cut shows has a position up to the last one.
        int place = await latch.EnterAsync().ConfigureAwait(false);
        try
        {
            JournalEntry? entry = writesToDisk
                ? EntryMaker.Make(transactionId, participants, keepsOutcome, decision)
                : null;
            pending = new PendingCommit(entry, applied, dependsOn, transactionId);
            if (!journal.TryAppend(pending, generation))
            {
                AbortAll(participants);
                return CommitResult.Failed(TakenBack());
            }

            stamp = TakeStamp(participants);
            Apply(participants, pending, applied);
        }
        catch (Exception exception)
        {
            AbortAll(participants);
            if (exception is BrokenInvariantException)
                MemoryLost.Fail(logger, exception, "appending a commit");
            if (exception is not StorageException storage) throw;
            return CommitResult.Failed(storage);
        }
        finally
        {
            latch.Exit(place);
        }

        if (HasNumbers(participants)) pending.WhenKept(() => ShowNumbers(participants));
        try
        {
            await pending.Durable.ConfigureAwait(false);
            return CommitResult.CommittedAt(stamp);
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

    private static bool HasNumbers(IReadOnlyList<LocalParticipant> participants)
    {
        foreach (LocalParticipant each in participants)
        {
            if (each.Partition.NumberSeen is not null) return true;
        }

        return false;
    }

    /// <summary>
    /// Before the caller gets its answer, so that its next number is above the numbers that it has
    /// written.
    /// </summary>
    public static void ShowNumbers(IReadOnlyList<LocalParticipant> participants)
    {
        foreach (LocalParticipant each in participants)
            each.Partition.ShowNumbers(each.Transaction);
    }

    /// <summary>
    /// The numbers that participants use if they are committed, for a caller elsewhere; null: none.
    /// </summary>
    public static IReadOnlyList<HighNumber>? NumbersOf(
        IReadOnlyList<LocalParticipant> participants)
    {
        List<HighNumber>? numbers = null;
        foreach (LocalParticipant each in participants)
        {
            if (each.Partition.HighestNumberOf(each.Transaction) is { } number)
                (numbers ??= []).Add(new HighNumber(each.Partition.Table.Name, number));
        }

        return numbers;
    }

    /// <summary>
    /// The entry will be written, so a failure here can no longer be reported to a caller.
    /// </summary>
    private void Apply(
        IReadOnlyList<LocalParticipant> participants,
        PendingCommit pending,
        AppliedCommit[] applied)
    {
        try
        {
            for (int i = 0; i < participants.Count; i++)
                participants[i].Partition.Commit(participants[i].Transaction, pending, applied[i]);
        }
        catch (Exception exception)
        {
            MemoryLost.Fail(logger, exception, "applying a commit");
        }
    }

    /// <summary>Applies a commit that nothing can take back: half of one is not undone.</summary>
    public void ApplyAtOnce(IReadOnlyList<LocalParticipant> participants)
    {
        try
        {
            foreach (LocalParticipant each in participants)
                each.Partition.Commit(each.Transaction);
        }
        catch (Exception exception)
        {
            MemoryLost.Fail(logger, exception, "applying a commit");
        }
    }

    /// <summary>
    /// The stamp of a commit, taken while it has all its locks: it is above all that the commit
    /// depends on, and below all that will depend on it. 0: it changes nothing.
    /// </summary>
    private long TakeStamp(IReadOnlyList<LocalParticipant> participants)
    {
        foreach (LocalParticipant each in participants)
        {
            if (each.Transaction.Staged.HasChanges) return clock.Next();
        }

        return 0;
    }

    private static TransactionConflictException TakenBack()
        => new("The durable storage failed while the transaction ran, and it had read what was "
            + "taken back.");

    /// <summary>Drops a sealed transaction, of which nothing was applied.</summary>
    public static void AbortAll(IReadOnlyList<LocalParticipant> participants)
    {
        foreach (LocalParticipant each in participants)
            each.Partition.Abort(each.Transaction, evenIfSealed: true);
    }
}
