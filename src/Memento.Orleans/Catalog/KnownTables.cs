namespace Memento.Catalog;

/// <summary>
/// Holds partitions back until start-up has heard from the catalog which indexes the tables have: a
/// partition that is loaded sooner would not keep those that were added while the program ran, and
/// a client may call as soon as the gateway is open.
/// </summary>
internal sealed class KnownTables
{
    private readonly TaskCompletionSource _known =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when they are known; fails where start-up failed.</summary>
    public Task WaitAsync() => _known.Task;

    public void Set() => _known.TrySetResult();

    /// <summary>Start-up ends with this error, and the silo with it.</summary>
    public void Fail(Exception reason)
    {
        _known.TrySetException(reason);
        _known.Task.Ignore();
    }
}
