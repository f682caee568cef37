using System.Collections.Concurrent;

namespace Memento.Tests.Consistency;

/// <summary>
/// Runs snapshots, and counts them. One may end with an error because a silo has ended, or the
/// storage does not answer; with any other error it fails the test.
/// </summary>
internal sealed class SnapshotRuns
{
    private readonly ConcurrentDictionary<string, int> _ended = new();
    private int _whole;

    /// <summary>How many have run to the end of their bodies.</summary>
    public int Whole => Volatile.Read(ref _whole);

    /// <summary>How many have ended with an error.</summary>
    public int Ended => _ended.Values.Sum();

    public async Task TryAsync(IMemento memento, Func<ISnapshot, Task> body)
    {
        try
        {
            await memento.SnapshotAsync(body);
            Interlocked.Increment(ref _whole);
        }
        catch (Exception exception) when (exception
            is SnapshotEndedException or StoreUnavailableException or StorageException)
        {
            _ended.AddOrUpdate(
                exception.GetType().Name, 1, static (_, count) => count + 1);
        }
    }

    public override string ToString()
        => $"{Whole} snapshots"
            + string.Concat(_ended.OrderBy(static each => each.Key, StringComparer.Ordinal)
                .Select(static each => $", {each.Value} with {each.Key}"));
}
