using Memento.Diagnostics;
using Memento.Invariants;
using Memento.Locks;

namespace Memento.Partitions;

/// <content>Operations that wait for a lock.</content>
internal sealed partial class Partition
{
    private static bool IsInTurn(
        PartitionTransaction transaction, Operation operation, WaitingOperation? waiting)
        => transaction.Waiting is not { } others
            || (waiting is null ? !others.Delays(operation) : others.IsNext(waiting));

    private WaitingOperation Enqueue<TResult>(
        PartitionTransaction transaction, Operation<TResult> operation, Savepoint? savepoint)
    {
        var waiting = new WaitingOperation(operation, savepoint)
        {
            Patience = operation.Patience,
            BegunAt = time.GetTimestamp(),
        };
        (transaction.Waiting ??= new WaitingOperations()).Add(waiting);
        return waiting;
    }

    /// <summary>
    /// Makes a patient operation wait for the end of an older transaction, and hold nothing
    /// meanwhile: no transaction waits for one that holds nothing and is in no queue, so that no
    /// circle of waiting goes through it.
    /// </summary>
    private void WaitForEnd(
        PartitionTransaction transaction, WaitingOperation waiting, LockConflict conflict)
    {
        try
        {
            _locks.Release(transaction, _resumed);
            PartitionTransaction? older = _transactions.GetValueOrDefault(conflict.Holder);
            Invariant.Holds(older is not null, "who holds a lock, or waits for it, has not ended");
            waiting.WaitForEnd(conflict);
            (older.Ending ??= []).Add(waiting.Woken);
        }
        catch (BrokenInvariantException broken)
        {
            Break(broken);
            throw new PartitionClosedException(_closed!);
        }
    }

    private async ValueTask<TResult> WaitAndExecuteAsync<TResult>(
        PartitionTransaction transaction,
        Operation<TResult> operation,
        WaitingOperation waiting,
        CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (waiting.Progress is { } progress)
                {
                    // Otherwise the same thread would be back in the gate before anybody else, and
                    // a grain would do the work in its turn.
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                    (progress as IWorkOutside)?.Run();
                }

                if (!await (Metrics is { WatchesLockWaits: true } metrics && waiting.IsForLock
                    ? WatchWaitAsync(metrics, transaction, waiting, cancellationToken)
                    : WaitAsync(transaction, waiting, cancellationToken)).ConfigureAwait(false))
                {
                    return GiveUp(transaction, operation);
                }

                WaitingOperation? same = waiting;
                switch (TryExecute(
                    transaction,
                    operation,
                    waiting.Savepoint,
                    ref same,
                    out TResult result,
                    out DetachedView? detached,
                    out LockConflict? conflict))
                {
                    case LockAnswer.Granted when detached is not null:
                        return await ReadOutsideAsync((IScan<TResult>)operation, detached)
                            .ConfigureAwait(false);
                    case LockAnswer.Granted:
                        RequireHeld();
                        return result;
                    case LockAnswer.Refused:
                        throw LockErrors.Conflict(Table, transaction, conflict!);
                }
            }
        }
        finally
        {
            lock (_gate)
                transaction.Waiting!.Remove(waiting, _freed);
            Wake();
        }
    }

    /// <summary>Ends a patient operation that has waited in vain.</summary>
    private TResult GiveUp<TResult>(PartitionTransaction transaction, Operation<TResult> operation)
    {
        lock (_gate)
            transaction.Operations++;
        return operation.InVain;
    }

    private async Task<bool> WatchWaitAsync(
        StoreMetrics metrics,
        PartitionTransaction transaction,
        WaitingOperation waiting,
        CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        Exception? failure = null;
        bool isGranted = false;
        try
        {
            bool goesOn = await WaitAsync(transaction, waiting, cancellationToken)
                .ConfigureAwait(false);
            isGranted = goesOn && waiting.Request is null or { State: LockRequestState.Granted };
            return goesOn;
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            metrics.LockWaited(
                Table.Name,
                time.GetElapsedTime(started),
                isGranted,
                failure);
        }
    }

    /// <summary>
    /// Waits until the operation should be tried again. False: its patience is at an end.
    /// </summary>
    private async Task<bool> WaitAsync(
        PartitionTransaction transaction,
        WaitingOperation waiting,
        CancellationToken cancellationToken)
    {
        TimeSpan remaining = time.GetElapsedTime(time.GetTimestamp(), transaction.Header.Deadline);
        Exception? ended = null;
        try
        {
            if (remaining <= TimeSpan.Zero) throw new TimeoutException();
            if (waiting.Behind is not null)
            {
                TimeSpan patience = waiting.Patience - time.GetElapsedTime(waiting.BegunAt);
                if (patience <= TimeSpan.Zero) return false;
                if (patience < remaining) remaining = patience;
            }

            await waiting.Woken.Task.WaitAsync(remaining, time, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (TimeoutException) when (
            waiting.Behind is not null && time.GetTimestamp() < transaction.Header.Deadline)
        {
            return false;
        }
        catch (Exception exception)
            when (exception is TimeoutException or OperationCanceledException)
        {
            ended = exception;
        }

        LockConflict? conflict;
        LockConflict? blocker = null;
        LockRequest? request;
        lock (_gate)
        {
            request = waiting.Request;
            if (ended is TimeoutException && waiting.Progress is null)
                request ??= transaction.Waiting!.FindAhead()?.Request;
            if (request is { State: LockRequestState.Waiting } && !_isBroken)
            {
                try
                {
                    blocker = _locks.FindBlocker(request);
                    if (request == waiting.Request) _locks.Cancel(request, _resumed);
                }
                catch (BrokenInvariantException broken)
                {
                    Break(broken);
                }
            }

            conflict = waiting.Request is { State: LockRequestState.Refused } refused
                ? refused.Conflict
                : null;
            if (conflict is not null) transaction.Lost = LostLock.Of(conflict);
        }

        Wake();
        if (conflict is not null && waiting.Patience == TimeSpan.Zero)
            throw LockErrors.Conflict(Table, transaction, conflict);
        if (ended is TimeoutException && waiting.Behind is { } behind)
            throw LockErrors.TimedOut(Table, transaction, behind);
        if (ended is TimeoutException && waiting.Progress is not null)
            throw LockErrors.TimedOut(Table, transaction);
        if (ended is TimeoutException)
            throw LockErrors.TimedOut(Table, transaction, request, blocker?.Holder);
        if (ended is not null)
            throw new OperationCanceledException(ended.Message, ended, cancellationToken);
        return true;
    }

    /// <summary>Wakes the operations whose wait has ended, outside the gate.</summary>
    private void Wake()
    {
        // The code that adds a waiter calls this afterwards, so empty lists can be trusted without
        // the gate.
        if (_resumed.Count == 0 && _freed.Count == 0) return;

        LockRequest[] resumed;
        TaskCompletionSource[] freed;
        lock (_gate)
        {
            resumed = [.. _resumed];
            freed = [.. _freed];
            _resumed.Clear();
            _freed.Clear();
        }

        foreach (LockRequest request in resumed)
            (request.Waiter as TaskCompletionSource)?.TrySetResult();
        foreach (TaskCompletionSource waiter in freed)
            waiter.TrySetResult();
    }
}
