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

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<(DateTime At, TimeSpan Length)> _pauses = [];
    private DateTime? _stoppedAt;

    /// <summary>The longest pause since a moment.</summary>
    /// <param name="since">The moment.</param>
    /// <param name="collections">
    /// How many collections there were: the runtime reports them late.
    /// </param>
    public async Task<TimeSpan> LongestAsync(DateTime since, int collections)
    {
        DateTime giveUp = DateTime.UtcNow + Patience;
        while (true)
        {
            lock (_gate)
            {
                _pauses.RemoveAll(pause => pause.At < since);
                if (_pauses.Count >= collections || DateTime.UtcNow > giveUp)
                    return _pauses.Select(static pause => pause.Length).DefaultIfEmpty().Max();
            }

            await Task.Yield();
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
                _pauses.Add((stopped, eventData.TimeStamp - stopped));
                _stoppedAt = null;
            }
        }
    }
}
