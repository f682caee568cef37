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

    private static WaitingOperation Enqueue(
        PartitionTransaction transaction, Operation operation, Savepoint? savepoint)
    {
        var waiting = new WaitingOperation(operation, savepoint);
        (transaction.Waiting ??= new WaitingOperations()).Add(waiting);
        return waiting;
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
                await (Metrics is { WatchesLockWaits: true } metrics && waiting.Request is not null
                    ? WatchWaitAsync(metrics, transaction, waiting, cancellationToken)
                    : WaitAsync(transaction, waiting, cancellationToken)).ConfigureAwait(false);
                WaitingOperation? same = waiting;
                if (TryExecute(
                    transaction,
                    operation,
                    waiting.Savepoint,
                    ref same,
                    out TResult result))
                {
                    RequireHeld();
                    return result;
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

    private async Task WatchWaitAsync(
        StoreMetrics metrics,
        PartitionTransaction transaction,
        WaitingOperation waiting,
        CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        Exception? failure = null;
        try
        {
            await WaitAsync(transaction, waiting, cancellationToken).ConfigureAwait(false);
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
                waiting.Request is { State: LockRequestState.Granted },
                failure);
        }
    }

    private async Task WaitAsync(
        PartitionTransaction transaction,
        WaitingOperation waiting,
        CancellationToken cancellationToken)
    {
        TimeSpan remaining = time.GetElapsedTime(time.GetTimestamp(), transaction.Header.Deadline);
        Exception? ended = null;
        try
        {
            if (remaining <= TimeSpan.Zero) throw new TimeoutException();
            await waiting.Woken.Task.WaitAsync(remaining, time, cancellationToken)
                .ConfigureAwait(false);
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
            if (ended is TimeoutException) request ??= transaction.Waiting!.FindAhead()?.Request;
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
        }

        Wake();
        if (conflict is not null) throw LockErrors.Conflict(Table, transaction, conflict);
        if (ended is TimeoutException)
            throw LockErrors.TimedOut(Table, transaction, request, blocker?.Holder);
        if (ended is not null)
            throw new OperationCanceledException(ended.Message, ended, cancellationToken);
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
