using System.Diagnostics.Tracing;

namespace Memento.Benchmarks;

/// <summary>
/// Hears from the runtime when all threads are stopped and go on: the pauses that no average shows.
/// </summary>
internal sealed class PauseListener : EventListener
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords GarbageCollection = (EventKeywords)0x1;
    private const int SuspendBegins = 9;
    private const int RestartEnds = 3;

    private readonly Lock _gate = new();
    private DateTime? _stoppedAt;
    private TimeSpan _longest;

    /// <summary>The longest pause since the last call.</summary>
    public TimeSpan TakeLongest()
    {
        lock (_gate)
        {
            TimeSpan longest = _longest;
            _longest = TimeSpan.Zero;
            return longest;
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Runtime)
            EnableEvents(eventSource, EventLevel.Informational, GarbageCollection);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventId is not (SuspendBegins or RestartEnds)) return;

        lock (_gate)
        {
            if (eventData.EventId == SuspendBegins)
            {
                _stoppedAt = eventData.TimeStamp;
            }
            else if (_stoppedAt is { } stopped)
            {
                TimeSpan pause = eventData.TimeStamp - stopped;
                if (pause > _longest) _longest = pause;
                _stoppedAt = null;
            }
        }
    }
}
