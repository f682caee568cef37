namespace Memento.Tests.Clusters.Simulation;

/// <summary>
/// Keeps commits and cuts apart, by the rules of <see cref="Memento.Snapshots.ApplyLatch"/>.
/// Whoever is inside leaves in the same step.
/// </summary>
internal sealed class VirtualLatch(VirtualSilo silo)
{
    private TaskCompletionSource<bool>? _closed;

    public bool IsClosed => _closed is not null;

    /// <summary>Ends when it is open, in the step of what follows.</summary>
    public async Task EnterAsync()
    {
        while (_closed is { } closed)
            await closed.Task;
    }

    public async Task CloseAsync()
    {
        await EnterAsync();
        _closed = new TaskCompletionSource<bool>();
    }

    public void Open()
    {
        TaskCompletionSource<bool> waiting = _closed!;
        _closed = null;
        silo.Wake(waiting, true);
    }
}
