namespace Memento.Tests.Clusters.Simulation;

/// <summary>
/// A process: it may stand still, or end at any step. What it waits for never comes then.
/// </summary>
internal abstract class Node(ClusterSimulation all)
{
    public ClusterSimulation All { get; } = all;

    public bool IsAlive { get; set; } = true;

    public long PausedUntil { get; private set; }

    /// <summary>Does a step after a while, if the process lives then.</summary>
    public void Post(long delay, Action step) => All.Time.After(delay, () => Take(step));

    public Task DelayAsync(long delay)
    {
        var over = new TaskCompletionSource();
        Post(delay, over.SetResult);
        return over.Task;
    }

    /// <summary>Wakes who waits, in a step of its own.</summary>
    public void Wake<T>(TaskCompletionSource<T> waiting, T result)
        => Post(0, () => waiting.TrySetResult(result));

    public virtual void Pause(long length) => PausedUntil = All.Time.Now + length;

    /// <summary>Called before each step. False: the process does not get to it.</summary>
    protected virtual bool MayStep() => true;

    private void Take(Action step)
    {
        if (!IsAlive) return;
        if (All.Time.Now < PausedUntil)
            All.Time.After(PausedUntil - All.Time.Now, () => Take(step));
        else if (MayStep())
            step();
        else if (IsAlive)
            Take(step);
    }
}
