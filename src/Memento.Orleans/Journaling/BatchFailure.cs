using Memento.Storage;

namespace Memento.Journaling;

/// <summary>Whom the failure of a batch concerns, and what each is told.</summary>
internal static class BatchFailure
{
    /// <summary>
    /// The commits of a batch that the storage refused, in journal order: the ones that the error names,
    /// otherwise all that have something to write. At least one.
    /// </summary>
    public static List<PendingCommit> CulpritsOf(IEnumerable<PendingCommit> batch, Exception reason)
    {
        List<PendingCommit> writers = [.. batch.Where(static each => each.Entry is not null)];
        List<PendingCommit> named = [.. writers.Where(each => Names(reason, each.Entry!))];
        return named.Count > 0 ? named : writers;
    }

    /// <summary>What a commit is told that the storage refused.</summary>
    public static Exception ErrorOf(PendingCommit culprit, Exception reason) => reason switch
    {
        EntryRefusedException refused => refused.Reason,
        StorageException => reason,
        OutcomeDecidedException { Outcome: TransactionOutcome.Committed } decided
            when decided.TransactionId == culprit.TransactionId
            => new TransactionInDoubtException(decided.TransactionId, reason),
        FencedException or OutcomeDecidedException => new CommitTakenBackException(reason),
        _ => new StorageException(
            $"The durable storage failed, and nothing of the transaction was kept: {reason.Message}",
            reason),
    };

    /// <summary>What a batch in doubt failed with once it is known that it was not kept.</summary>
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
