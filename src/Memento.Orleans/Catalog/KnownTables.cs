namespace Memento.Catalog;

/// <summary>
/// Holds partitions back until start-up has read the indexes of the tables from the catalog. A
/// partition that is loaded sooner would not have the indexes that were added at run time, and a
/// client may call as soon as the gateway is open.
/// </summary>
internal sealed class KnownTables
{
    private readonly TaskCompletionSource _known =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the indexes are known; fails if start-up failed.</summary>
    public Task WaitAsync() => _known.Task;

    public void Set() => _known.TrySetResult();

    /// <summary>Makes all waits fail with the error of start-up.</summary>
    public void Fail(Exception reason)
    {
        _known.TrySetException(reason);
        _known.Task.Ignore();
    }
}
