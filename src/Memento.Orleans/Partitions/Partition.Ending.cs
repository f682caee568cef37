using Memento.Invariants;

namespace Memento.Partitions;

/// <content>How transactions end without a commit, and how it is closed itself.</content>
internal sealed partial class Partition
{
    /// <summary>
    /// Drops a transaction with its writes and locks, unless its commit has begun.
    /// </summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="evenIfSealed">
    /// True for the commit itself, which gives up before anything is applied.
    /// </param>
    public void Abort(PartitionTransaction transaction, bool evenIfSealed = false)
    {
        lock (_gate)
        {
            if (transaction.Phase == TransactionPhase.Running
                || (transaction.Phase == TransactionPhase.Sealed && evenIfSealed))
            {
                End(transaction);
            }
        }

        Wake();
    }

    /// <summary>
    /// Drops the transactions that are past their time limit by more than a grace and have not
    /// begun to commit, and returns their number. The process that runs a transaction ends it
    /// earlier. This is for transactions that no process runs any more, whatever the reason.
    /// </summary>
    public int EndOverdue(TimeSpan grace)
    {
        List<PartitionTransaction> overdue = [];
        lock (_gate)
        {
            foreach (PartitionTransaction transaction in _transactions.Values)
            {
                if (transaction.Phase == TransactionPhase.Running
                    && time.GetElapsedTime(transaction.Header.Deadline) > grace)
                {
                    overdue.Add(transaction);
                }
            }

            foreach (PartitionTransaction transaction in overdue)
            {
                // The end of one may break the partition, which ends them all.
                if (transaction.Phase == TransactionPhase.Running) End(transaction);
            }
        }

        Wake();
        return overdue.Count;
    }

    /// <summary>
    /// Refuses all later calls, and drops the transactions that have not begun to commit, and
    /// those that the next owner finds prepared in the storage.
    /// </summary>
    /// <param name="reason">The error for callers.</param>
    /// <returns>A task that ends when the last begun commit has ended.</returns>
    public Task CloseAsync(MementoException reason)
    {
        lock (_gate)
        {
            _closed ??= reason;
            _isDropped |= reason is TableNotFoundException;
            foreach (PartitionTransaction transaction in _transactions.Values.ToArray())
            {
                if (MayLeave(transaction)) End(transaction);
            }

            if (_transactions.Count == 0) _drained.TrySetResult();
        }

        Wake();
        return _drained.Task;
    }

    /// <summary>
    /// Closes the partition because its memory may differ from the storage. It has to be loaded
    /// again.
    /// </summary>
    public void Discard()
        => _ = CloseAsync(new TransactionConflictException(
            $"Partition {Number} of table '{Table.Name}' is loaded again from the durable storage. "
            + "The transaction is run again while attempts and time are left."));

    /// <summary>Drops a transaction with its locks; what breaks here ends the partition.</summary>
    private void End(PartitionTransaction transaction)
    {
        transaction.MoveTo(TransactionPhase.Ended);
        _transactions.Remove(transaction.TransactionId);
        if (_arrivals?.Remove(transaction, out TaskCompletionSource? arrival) == true)
            arrival.TrySetResult();
        transaction.Waiting?.FreeAll(_freed);
        if (transaction.Ending is { } ending) _freed.AddRange(ending);
        try
        {
            if (!_isBroken) Release(transaction);
        }
        catch (BrokenInvariantException broken)
        {
            // What it wrote stands, or is gone: only the locks are not what they should be.
            Break(broken);
        }

        if (_closed is not null && _transactions.Count == 0) _drained.TrySetResult();
    }

    private void Release(PartitionTransaction transaction)
    {
        _locks.Release(transaction, _resumed);
        Invariant.Holds(
            _transactions.Count > 0 || _locks.IsIdle,
            "nothing is locked where no transaction is running");
    }
}
