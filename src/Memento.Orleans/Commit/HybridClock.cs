namespace Memento.Commit;

internal sealed class HybridClock(TimeProvider time)
{
    private long _last;

    public long Now => Volatile.Read(ref _last);

    public long Next()
    {
        while (true)
        {
            long last = Volatile.Read(ref _last);
            long next = Math.Max(last + 1, time.GetUtcNow().Ticks);
            if (Interlocked.CompareExchange(ref _last, next, last) == last) return next;
        }
    }

    public void Observe(long stamp)
    {
        while (true)
        {
            long last = Volatile.Read(ref _last);
            if (last >= stamp || Interlocked.CompareExchange(ref _last, stamp, last) == last)
                return;
        }
    }
}
