namespace Memento.Participants;

/// <summary>Lets callers go one after the other, in the order in which they come.</summary>
internal sealed class TurnQueue
{
    private readonly Lock _gate = new();
    private Task? _last;

    /// <summary>Whether nobody has the turn or waits for it.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return _last is null or { IsCompleted: true };
        }
    }

    /// <summary>
    /// Waits until those that came before have gone. Its place is taken when it returns.
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
            // Who comes after this one still comes after those before it.
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
/// A caller's turn, until it is disposed; without a source there is nothing to take turns for.
/// </summary>
internal readonly struct Turn(TaskCompletionSource? source) : IDisposable
{
    public void Dispose() => source?.TrySetResult();
}
