using Memento.LogStorage;
using Orleans.Storage;

namespace Memento.Tests.GrainStorages;

/// <summary>
/// A grain storage as one process has it: its calls fail when a test says so, and all of them once
/// the process is dead.
/// </summary>
internal sealed class FaultyGrainStorage(IGrainStorage inner) : IGrainStorage
{
    /// <summary>
    /// Stands in for a write; gets the key of the state and what writes. Null lets all through.
    /// </summary>
    public Func<string, Func<Task>, Task>? OnWrite { get; set; }

    /// <summary>
    /// Stands in for a read; gets the key of the state and what reads. Null lets all through.
    /// </summary>
    public Func<string, Func<Task>, Task>? OnRead { get; set; }

    /// <summary>Why nothing can be read; null while it can.</summary>
    public Func<Exception?>? ReadFault { get; set; }

    /// <summary>The bytes of a state that there is room for; null for no limit.</summary>
    public int? Room { get; set; }

    /// <summary>Ends the process: nothing reaches the storage any more.</summary>
    public void Die()
    {
        OnWrite = static (_, _) => throw Gone();
        ReadFault = Gone;
    }

    /// <summary>
    /// Makes the writes from the next one on stand still. Returns when one stands, and what lets
    /// them go on.
    /// </summary>
    /// <param name="onGoing">Called as one goes on, before it is carried out.</param>
    public (Task Reached, Action GoOn) HoldWrites(Action? onGoing = null)
    {
        var isHeld = new TaskCompletionSource();
        var mayGoOn = new TaskCompletionSource();
        OnWrite = async (_, write) =>
        {
            isHeld.TrySetResult();
            await mayGoOn.Task;
            onGoing?.Invoke();
            await write();
        };
        return (isHeld.Task, mayGoOn.SetResult);
    }

    /// <summary>
    /// Makes a checkpoint stand still when a state of a run is written; other writes go on. Returns
    /// when one stands, and what lets it go on.
    /// </summary>
    public (Task Reached, Action GoOn) HoldRuns()
    {
        var isHeld = new TaskCompletionSource();
        var mayGoOn = new TaskCompletionSource();
        OnWrite = async (key, write) =>
        {
            await write();
            if (!key.StartsWith("run-", StringComparison.Ordinal)) return;
            isHeld.TrySetResult();
            await mayGoOn.Task;
        };
        return (isHeld.Task, mayGoOn.SetResult);
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => ReadFault?.Invoke() is { } fault
            ? Task.FromException(fault)
            : StandIn(
                OnRead, grainId, () => inner.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => grainState.State is StoredState { Content.Length: var length } && length > Room
            ? Task.FromException(new FullException())
            : StandIn(
                OnWrite, grainId, () => inner.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => StandIn(
            OnWrite, grainId, () => inner.ClearStateAsync(stateName, grainId, grainState));

    /// <summary>No answer came.</summary>
    public static TimeoutException Gone() => new("No answer, says the test.");

    private static Task StandIn(
        Func<string, Func<Task>, Task>? stand, GrainId grainId, Func<Task> call)
        => stand is null ? call() : stand(grainId.Key.ToString()!, call);
}

/// <summary>The storage says that it is full.</summary>
internal sealed class FullException() : Exception("The storage is full, says the test.");
