using Microsoft.Extensions.Logging;

namespace Memento.Hosting;

/// <summary>
/// Tells when a silo takes too long to join its cluster. Orleans tries again for minutes, with
/// hardly a word; what a silo does before that (opening the storage) and after it (loading) takes
/// the time that it takes.
/// </summary>
internal sealed class JoinWatch(TimeProvider time, ILogger<JoinWatch> logger) : IDisposable
{
    /// <summary>How long it may take; it is less than a second where nothing is wrong.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _late =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ITimer? _timer;

    /// <summary>Ends when it takes too long, and otherwise never.</summary>
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
