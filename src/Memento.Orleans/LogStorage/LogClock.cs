namespace Memento.LogStorage;

/// <summary>
/// The time of the log, as a silo knows it. It goes on with the monotonic clock of the silo that is
/// furthest, from where the log has it, and so stands still while no silo runs.
/// </summary>
/// <remarks>
/// The outcomes of transactions go by this time. A silo whose wall clock is wrong cannot let them
/// go early: the wall clock counts only for the first group of a log.
/// </remarks>
internal sealed class LogClock(TimeProvider time)
{
    private DateTimeOffset _at;
    private long _since;
    private bool _isSet;

    /// <summary>The time now; never before one that was seen or given.</summary>
    public DateTimeOffset Now => _isSet ? _at + time.GetElapsedTime(_since) : time.GetUtcNow();

    /// <summary>Sees the time of the log.</summary>
    public void See(DateTimeOffset at)
    {
        if (_isSet && at <= Now) return;
        (_at, _since, _isSet) = (at, time.GetTimestamp(), true);
    }
}
