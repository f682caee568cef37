using Memento.Keys;
using Memento.Locks;

namespace Memento.Partitions;

/// <content>What the end of a transaction with other silos in it needs of it.</content>
internal sealed partial class Partition
{
    /// <summary>How long a call waits here for what was kept back, before it asks again.</summary>
    private static readonly TimeSpan LongestArrival = TimeSpan.FromSeconds(1);

    /// <summary>
    /// For transactions whose callers had kept writes back when they made a grain call: ends when
    /// these have arrived. Null: there are none, as nearly always.
    /// </summary>
    private Dictionary<PartitionTransaction, TaskCompletionSource>? _arrivals;

    /// <summary>
    /// The stamp of its indexes, if none is unique; otherwise 0. While a transaction has a lock for
    /// writing here, no index is added or removed.
    /// </summary>
    public ulong PlainIndexes
        => _content.Indexes is { Unique.IsEmpty: true } indexes ? indexes.Stamp : 0;

    /// <summary>
    /// How many operations a running transaction has had here, if it has changed nothing;
    /// otherwise 0.
    /// </summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="position">The latest journal position that it has seen here.</param>
    public int CountReads(PartitionTransaction transaction, out long position)
    {
        lock (_gate)
        {
            position = transaction.DependsOn;
            return _closed is null && transaction.Phase == TransactionPhase.Running
                && !transaction.Staged.HasChanges
                    ? transaction.Operations
                    : 0;
        }
    }

    /// <summary>
    /// The latest journal position that a sealed transaction has seen here, or that it overwrites.
    /// It has to be durable before the rows of the transaction are written by another silo: the
    /// older row would come after them, and stay.
    /// </summary>
    public long PositionBelow(PartitionTransaction transaction)
    {
        lock (_gate)
        {
            long position = transaction.DependsOn;
            if (transaction.Staged.IsClearing) position = Math.Max(position, _content.LastPosition);
            foreach (StagedWrite write in transaction.Staged.Effective)
            {
                StoredRecord? standing = _content.Find(write.Space, write.Key.Bytes);
                position = Math.Max(
                    position, standing?.Position ?? _content.LastRemovalPosition);
            }

            return position;
        }
    }

    /// <summary>All has arrived that the caller of a transaction had kept back.</summary>
    public void Arrive(PartitionTransaction transaction)
    {
        lock (_gate)
        {
            if (transaction.Phase == TransactionPhase.Running)
                ArrivalOf(transaction).TrySetResult();
        }
    }

    /// <summary>
    /// Waits for that, or for the end of the transaction. False: not yet; ask again.
    /// </summary>
    public async ValueTask<bool> WhenArrivedAsync(
        PartitionTransaction transaction, CancellationToken cancellationToken)
    {
        TaskCompletionSource arrival;
        lock (_gate)
        {
            if (transaction.Phase != TransactionPhase.Running) return true;

            arrival = ArrivalOf(transaction);
        }

        try
        {
            await arrival.Task.WaitAsync(LongestArrival, time, cancellationToken)
                .ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private TaskCompletionSource ArrivalOf(PartitionTransaction transaction)
    {
        _arrivals ??= [];
        if (!_arrivals.TryGetValue(transaction, out TaskCompletionSource? arrival))
        {
            arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _arrivals.Add(transaction, arrival);
        }

        return arrival;
    }

    /// <summary>
    /// Carries out the writes that were kept back, under the gate. False if one has not the lock
    /// that its caller relied on, or another answer than the caller gave.
    /// </summary>
    private bool TryCarryOut(
        PartitionTransaction transaction, IReadOnlyList<Operation<bool>> writes)
    {
        foreach (Operation<bool> write in writes)
        {
            var resource = LockResource.InSpace(KeySpace.Records, ((IKeyOperation)write).Key);
            if ((_locks.KindsHeldBy(transaction, resource) & LockKind.Write) == LockKind.None)
                return false;

            var locks = new LockTaker(_locks, transaction, _resumed);
            transaction.BeginAtSeal();
            if (!write.TryApply(transaction, ref locks, out bool answer))
            {
                // With the locks that its caller relied on, there is nothing to wait for.
                if (locks.Waiting is { } request) _locks.Cancel(request, _resumed);
                return false;
            }

            if (!answer) return false;
        }

        return true;
    }
}
