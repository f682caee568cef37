using Memento.Storage;

namespace Memento.Journaling;

/// <summary>
/// Asks the storage what became of a batch in doubt, again and again, until it answers or the silo
/// stops.
/// </summary>
/// <param name="storage">The storage.</param>
/// <param name="stopping">Set when the silo stops.</param>
/// <param name="time">The clock that measures the wait.</param>
/// <param name="logger">The log for each failed question.</param>
internal sealed class BatchSettlement(
    IJournalStorage storage, ManualResetEventSlim stopping, TimeProvider time, JournalLog logger)
{
    /// <summary>The first pause between two questions; each later pause is twice as long.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause between two questions.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Whether the batch was kept; null if the silo stops before that is known.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="stillOpen">
    /// Called each time the storage cannot answer, with the time since the start.
    /// </param>
    public bool? Settle(JournalBatch batch, Action<TimeSpan> stillOpen)
    {
        long started = time.GetTimestamp();
        TimeSpan pause = FirstPause;
        bool isLast = false;
        while (true)
        {
            try
            {
                bool isKept = storage.SettleAsync(batch, CancellationToken.None)
                    .AsTask().GetAwaiter().GetResult();
                StorageLog.BatchSettled(
                    logger, batch.Entries.Count, isKept, time.GetElapsedTime(started));
                return isKept;
            }
            catch (Exception exception)
            {
                TimeSpan elapsed = time.GetElapsedTime(started);
                StorageLog.BatchStillInDoubt(logger, exception, batch.Entries.Count, elapsed);
                if (isLast) return null;
                stillOpen(elapsed);
            }

            isLast = stopping.Wait(pause);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }
}

/// <summary>The commits that a failed batch affects, and the error of each.</summary>
internal static class BatchFailure
{
    /// <summary>
    /// The commits of a batch that the storage refused, in journal order: those that the error
    /// names, otherwise all that have something to write. At least one.
    /// </summary>
    public static List<PendingCommit> CulpritsOf(IEnumerable<PendingCommit> batch, Exception reason)
    {
        List<PendingCommit> writers = [.. batch.Where(static each => each.Entry is not null)];
        List<PendingCommit> named = [.. writers.Where(each => Names(reason, each.Entry!))];
        return named.Count > 0 ? named : writers;
    }

    /// <summary>The error for a commit that the storage refused.</summary>
    public static Exception ErrorOf(PendingCommit culprit, Exception reason) => reason switch
    {
        EntryRefusedException refused => refused.Reason,
        StorageException => reason,
        OutcomeDecidedException { Outcome: TransactionOutcome.Committed } decided
            when decided.TransactionId == culprit.TransactionId
            => new TransactionInDoubtException(decided.TransactionId, reason),
        FencedException or OutcomeDecidedException => new CommitTakenBackException(reason),
        _ => new StorageException(
            "The durable storage failed, and nothing of the transaction was kept: "
            + $"{reason.Message}",
            reason),
    };

    /// <summary>The error of a batch in doubt that was found not to be kept.</summary>
    public static StorageException NotKept(BatchInDoubtException doubt)
        => new(
            "The durable storage failed at the commit. It has said since that nothing of the "
            + $"transaction was kept: {doubt.Message}",
            doubt);

    private static bool Names(Exception reason, JournalEntry entry) => reason switch
    {
        EntryRefusedException refused => refused.TransactionId == entry.TransactionId,
        OutcomeDecidedException decided => decided.TransactionId == entry.TransactionId,
        FencedException fenced => entry.Epochs.Any(
            each => each.Partition == fenced.Partition && each.Table == fenced.Table),
        _ => false,
    };
}
