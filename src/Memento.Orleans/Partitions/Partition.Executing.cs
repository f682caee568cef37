using Memento.Invariants;
using Memento.Keys;
using Memento.Locks;

namespace Memento.Partitions;

/// <content>Carrying out operations.</content>
internal sealed partial class Partition
{
    /// <summary>
    /// A scan of more records than this leaves the gate. For fewer, the nodes that writers copy
    /// afterwards would cost more than the wait.
    /// </summary>
    private const int LongScan = 500;

    private ValueTask<TResult> BeginAsync<TResult>(
        PartitionTransaction transaction,
        Operation<TResult> operation,
        Savepoint? savepoint,
        CancellationToken cancellationToken)
    {
        WaitingOperation? waiting = null;
        switch (TryExecute(
            transaction,
            operation,
            savepoint,
            ref waiting,
            out TResult result,
            out DetachedView? detached,
            out LockConflict? conflict))
        {
            case LockAnswer.Waiting:
                return WaitAndExecuteAsync(transaction, operation, waiting!, cancellationToken);
            case LockAnswer.Refused:
                // As a value: an error that is thrown costs more than the operation.
                return ValueTask.FromException<TResult>(
                    LockErrors.Conflict(Table, transaction, conflict!));
        }

        if (detached is not null) return ReadOutsideAsync((IScan<TResult>)operation, detached);

        RequireHeld();
        return new ValueTask<TResult>(result);
    }

    /// <summary>
    /// Reads outside the gate. A grain does it on a thread of the pool: in the turn of the grain of
    /// the partition it would keep the messages of all other processes waiting.
    /// </summary>
    private ValueTask<TResult> ReadOutsideAsync<TResult>(
        IScan<TResult> scan, DetachedView detached)
    {
        return TaskScheduler.Current == TaskScheduler.Default
            ? new ValueTask<TResult>(Read())
            : new ValueTask<TResult>(Task.Run(Read));

        TResult Read()
        {
            TResult result = scan.Read(detached);
            RequireHeld();
            return result;
        }
    }

    /// <summary>
    /// Carries an operation out, or makes it wait, also for another time, or refuses it. A scan may
    /// be left to be read outside the gate (<paramref name="detached"/>).
    /// </summary>
    private LockAnswer TryExecute<TResult>(
        PartitionTransaction transaction,
        Operation<TResult> operation,
        Savepoint? savepoint,
        ref WaitingOperation? waiting,
        out TResult result,
        out DetachedView? detached,
        out LockConflict? conflict)
    {
        result = default!;
        detached = null;
        Step step = default;
        try
        {
            lock (_gate)
            {
                ThrowIfClosed();
                ThrowIfEnded(transaction, savepoint);
                if (IsInTurn(transaction, operation, waiting))
                {
                    step = TryApply(
                        transaction, operation, savepoint, waiting?.Progress, out result);
                }

                conflict = step.Conflict;
                detached = step.Detached;
                if (step.IsDone) return LockAnswer.Granted;

                if (conflict is not null
                    && (operation.Patience == TimeSpan.Zero || transaction.Operations > 0))
                {
                    transaction.Lost = LostLock.Of(conflict);
                    return LockAnswer.Refused;
                }

                waiting ??= Enqueue(transaction, operation, savepoint);
                if (conflict is not null)
                    WaitForEnd(transaction, waiting, conflict);
                else if (step.Paused is { } progress)
                    waiting.Pause(progress);
                else
                    waiting.WaitFor(step.Request);
                return LockAnswer.Waiting;
            }
        }
        finally
        {
            // Also if the operation throws: its locks may have made others be refused.
            Wake();
        }
    }

    /// <summary>
    /// Carries an operation out, under the gate, or the next part of it, or takes only its lock if
    /// it then reads outside the gate.
    /// </summary>
    private Step TryApply<TResult>(
        PartitionTransaction transaction,
        Operation<TResult> operation,
        Savepoint? savepoint,
        object? progress,
        out TResult result)
    {
        try
        {
            var locks = new LockTaker(_locks, transaction, _resumed) { Progress = progress };
            transaction.Begin(savepoint);
            bool isDone;
            DetachedView? detached = null;
            if (FindScanOutside(transaction, operation) is { } space)
            {
                result = default!;
                isDone = ((IScan<TResult>)operation).TryLock(ref locks);
                if (isDone) detached = new DetachedView(transaction, space);
            }
            else
            {
                isDone = operation.TryApply(transaction, ref locks, out result);
            }

            if (isDone) transaction.Operations++;
            return new Step(isDone, locks.Waiting, locks.Conflict, locks.Paused, detached);
        }
        catch (BrokenInvariantException broken)
        {
            Break(broken);
            throw new PartitionClosedException(_closed!);
        }
    }

    /// <summary>
    /// The key space of a scan that reads outside the gate. It has to copy the transaction's own
    /// writes, so these must be fewer than the records.
    /// </summary>
    private KeySpace? FindScanOutside<TResult>(
        PartitionTransaction transaction, Operation<TResult> operation)
        => _content.Count > LongScan && _content.Count > transaction.Staged.Count
            && operation is IScan<TResult> scan
            ? scan.ReadsOutsideGate(transaction)
            : null;

    /// <summary>What became of an operation under the gate.</summary>
    /// <param name="IsDone">Whether it has all its locks, and has ended there.</param>
    /// <param name="Request">The lock request that it waits for.</param>
    /// <param name="Conflict">Why it will never get a lock.</param>
    /// <param name="Paused">What it has come to, if it leaves the gate and goes on.</param>
    /// <param name="Detached">What it has to read outside the gate.</param>
    private readonly record struct Step(
        bool IsDone,
        LockRequest? Request,
        LockConflict? Conflict,
        object? Paused,
        DetachedView? Detached);
}
