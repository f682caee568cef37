namespace Memento.Journaling;

/// <summary>
/// Decides how long the journal's next batch waits for the callers that the last one woke. A batch
/// that does not wait is written while they run, and they are in the batch after it: two cohorts
/// take turns. Then nobody waits for callers, and a batch is half as large.
/// </summary>
/// <remarks>
/// Waiting saves every second write, and costs the time until all callers have committed again. So
/// it pays where a write takes much longer than that, as with a slow fsync. Both times are
/// measured. Callers that do not come again look like slow ones, and are not waited for.
///
/// The caller holds the journal's gate.
/// </remarks>
internal sealed class BatchGathering(TimeProvider time)
{
    /// <summary>
    /// Waiting is worth it where a write takes this many times as long as the callers. A part of
    /// the time of a write is the rows', which no wait saves.
    /// </summary>
    public const int WorthWaiting = 3;

    /// <summary>A wait ends after this many times the time that callers usually take.</summary>
    public const int Patience = 2;

    // A measured time counts for an eighth, so that one slow batch changes little.
    private const int Memory = 8;

    private TimeSpan? _write;
    private TimeSpan? _return;
    private long _wokenAt;
    private int _missing;

    /// <summary>The callers of a batch are about to be woken.</summary>
    /// <param name="callers">How many.</param>
    /// <param name="write">How long the write of the batch took.</param>
    public void Wake(int callers, TimeSpan write)
    {
        // Callers of the batch before that are still missing took at least this long.
        if (_missing > 0) MeasureReturn();
        _write = Mix(_write, write);
        _missing = callers;
        _wokenAt = time.GetTimestamp();
    }

    /// <summary>A commit was queued. True if it is the last one that a batch waits for.</summary>
    public bool Arrive()
    {
        if (_missing == 0 || --_missing > 0) return false;
        MeasureReturn();
        return true;
    }

    /// <summary>How long the next batch should still wait; zero if it may begin.</summary>
    public TimeSpan TimeToWait()
    {
        if (_missing == 0 || _return is not { } usual || _write < WorthWaiting * usual)
            return TimeSpan.Zero;

        TimeSpan left = (Patience * usual) - time.GetElapsedTime(_wokenAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static TimeSpan Mix(TimeSpan? usual, TimeSpan latest)
        => usual is { } known ? known + ((latest - known) / Memory) : latest;

    private void MeasureReturn() => _return = Mix(_return, time.GetElapsedTime(_wokenAt));
}
