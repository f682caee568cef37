using Microsoft.Extensions.Logging;

namespace Memento.Hosting;

/// <summary>
/// Watches how long a silo takes to join its cluster. Orleans retries for minutes, and logs almost
/// nothing. The steps before (opening the storage) and after (loading) have no limit.
/// </summary>
internal sealed class JoinWatch(TimeProvider time, ILogger<JoinWatch> logger) : IDisposable
{
    /// <summary>How long joining may take; without a fault, it takes less than a second.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _late =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ITimer? _timer;

    /// <summary>Ends when joining takes too long, and otherwise never.</summary>
    public Task IsLate => _late.Task;

    public void Begin() => _timer = time.CreateTimer(
        static watch => ((JoinWatch)watch!).Tell(), this, Patience, Timeout.InfiniteTimeSpan);

    public void End() => _timer?.Dispose();

    public void Dispose() => End();

    private void Tell()
    {
        HostingLog.HasNotJoined(logger, Patience);
        _late.TrySetResult();
    }
}
