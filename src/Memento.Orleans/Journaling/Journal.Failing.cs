using Memento.Invariants;
using Memento.Storage;

namespace Memento.Journaling;

/// <content>What becomes of a batch that failed, or of which nobody knows.</content>
internal sealed partial class Journal
{
    /// <summary>
    /// Takes back the commits that the storage refused, and all commits that have seen their
    /// effect. The other commits of the batch, and the commits behind it, keep their places in the
    /// queue.
    /// </summary>
    private void TakeBack(List<PendingCommit> batch, Exception reason)
    {
        HashSet<PendingCommit> culprits = [.. BatchFailure.CulpritsOf(batch, reason)];
        List<PendingCommit> failed = [];
        lock (_gate)
        {
            long first = culprits.Min(static each => each.Position);
            Invariant.Holds(first > _durablePosition, "what is durable is not taken back");
            List<PendingCommit> left = [];
            foreach (PendingCommit each in batch.Concat(_queue))
            {
                bool hasSeenIt = each.Position > first && each.DependsOn >= first;
                (hasSeenIt || culprits.Contains(each) ? failed : left).Add(each);
            }

            _queue = left;
            _takenBack.Begin(first);
            foreach (PendingCommit each in failed)
                each.HasFailed = true;
        }

        StorageLog.BatchFailed(_logger, reason, culprits.Count, failed.Count - culprits.Count);
        for (int i = failed.Count - 1; i >= 0; i--)
        {
            foreach (ITakeBack part in failed[i].Parts)
                part.TakeBack();
        }

        if (reason is FencedException fenced) DiscardFenced(culprits, fenced);
        lock (_gate)
            _takenBack.End();

        foreach (PendingCommit each in failed)
        {
            each.Fail(culprits.Contains(each)
                ? BatchFailure.ErrorOf(each, reason)
                : new CommitTakenBackException());
        }
    }

    /// <summary>
    /// Closes partitions that have a newer owner, because they differ from the storage. They are
    /// loaded again at their next use.
    /// </summary>
    private static void DiscardFenced(IEnumerable<PendingCommit> culprits, FencedException fenced)
    {
        foreach (ITakeBack part in culprits.SelectMany(static each => each.Parts))
        {
            if (part.IsStored && part.Table == fenced.Table && part.Number == fenced.Partition)
                part.Discard();
        }
    }

    /// <summary>
    /// Gives all callers of a batch in doubt the error that says so. Their outcome stays open.
    /// </summary>
    private void TellDoubt(List<PendingCommit> batch, BatchInDoubtException doubt)
    {
        PendingCommit[] waiting;
        lock (_gate)
        {
            _isInDoubt = true;
            waiting = [.. batch, .. _queue];
        }

        foreach (PendingCommit each in waiting)
        {
            if (!each.IsMarker)
                each.Fail(new TransactionInDoubtException(each.TransactionId, doubt));
        }
    }

    /// <summary>
    /// Called when the silo stops before a batch in doubt is settled. The next start reads what is
    /// stored.
    /// </summary>
    private void GiveUp(List<PendingCommit> batch, BatchInDoubtException doubt)
    {
        TellDoubt(batch, doubt);
        lock (_gate)
        {
            _hasGivenUp = true;
            foreach (PendingCommit each in batch.Concat(_queue).Where(static each => each.IsMarker))
                each.Succeed();
            _queue.Clear();
        }
    }
}
