namespace Memento.Tests.Clusters.Simulation.Grains;

/// <summary>
/// Does work whenever it is notified, one round at a time, by the rules of Orleans'
/// <c>BatchWorker</c>.
/// </summary>
internal sealed class GrainWorker(VirtualGrain grain, Func<Task> work)
{
    private bool _isRunning;
    private bool _isWanted;
    private long? _next;

    public void Notify()
    {
        _isWanted = true;
        if (_isRunning) return;

        _isRunning = true;
        grain.Post(0, () => grain.Silo.All.Time.Go(RunAsync));
    }

    /// <summary>Notifies it at a time, at the latest.</summary>
    public void NotifyAt(long time)
    {
        if (_next <= time) return;

        _next = time;
        grain.Post(Math.Max(time - grain.Now, 1), () =>
        {
            if (_next == time) _next = null;
            Notify();
        });
    }

    private async Task RunAsync()
    {
        while (_isWanted)
        {
            _isWanted = false;
            await work();
            if (grain.IsEnded) return;
        }

        _isRunning = false;
    }
}
