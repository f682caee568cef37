namespace Memento.Participants;

/// <summary>Gives start times that never repeat in a process and never go backwards.</summary>
internal sealed class AgeClock(TimeProvider time)
{
    private long _last;

    public long Next()
    {
        while (true)
        {
            long last = Volatile.Read(ref _last);
            long next = Math.Max(last + 1, time.GetUtcNow().Ticks);
            if (Interlocked.CompareExchange(ref _last, next, last) == last) return next;
        }
    }
}
