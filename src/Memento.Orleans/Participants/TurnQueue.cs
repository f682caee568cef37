namespace Memento.Participants;

/// <summary>Gives turns to callers one after the other, in the order of their calls.</summary>
internal sealed class TurnQueue
{
    private readonly Lock _gate = new();
    private Task? _last;

    /// <summary>Whether no caller has the turn or waits for it.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return _last is null or { IsCompleted: true };
        }
    }

    /// <summary>
    /// Waits until the turns of all earlier callers have ended. The place in the queue is taken
    /// before the method returns.
    /// </summary>
    public ValueTask<Turn> TakeAsync(CancellationToken cancellationToken)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? before;
        lock (_gate)
            (before, _last) = (_last, source.Task);
        return before is null or { IsCompleted: true }
            ? new(new Turn(source))
            : WaitAsync(before, source, cancellationToken);
    }

    private static async ValueTask<Turn> WaitAsync(
        Task before, TaskCompletionSource source, CancellationToken cancellationToken)
    {
        try
        {
            await before.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A later caller still waits for the callers before this one.
            _ = before.ContinueWith(
                _ => source.TrySetResult(),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            throw;
        }

        return new Turn(source);
    }
}

/// <summary>
/// The turn of a caller, until it is disposed. Without a source, no turns are needed.
/// </summary>
internal readonly struct Turn(TaskCompletionSource? source) : IDisposable
{
    public void Dispose() => source?.TrySetResult();
}
