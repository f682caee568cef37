namespace Memento;

/// <summary>
/// A fault that a test has asked for. It lasts until it is disposed of, or until
/// <see cref="MementoTestCluster.ResetAsync"/>.
/// </summary>
public sealed class TestFault : IDisposable
{
    private readonly TaskCompletionSource _hit = NewSource();
    private readonly TaskCompletionSource _ended = NewSource();
    private readonly Action<TestFault> _end;
    private int _hits;

    internal TestFault(Action<TestFault> end) => _end = end;

    /// <summary>How many calls it has hit so far.</summary>
    public int Hits => Volatile.Read(ref _hits);

    internal Task Ended => _ended.Task;

    /// <summary>
    /// Waits until it has hit a call for the first time. A test that goes on then is in the middle
    /// of that call.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WhenHitAsync(CancellationToken cancellationToken = default)
        => _hit.Task.WaitAsync(cancellationToken);

    /// <summary>Ends the fault; what it holds up goes on.</summary>
    public void Dispose()
    {
        _end(this);
        _ended.TrySetResult();
    }

    internal void Hit()
    {
        Interlocked.Increment(ref _hits);
        _hit.TrySetResult();
    }

    private static TaskCompletionSource NewSource()
        => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
