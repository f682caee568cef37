namespace Memento.Participants;

/// <summary>
/// The clock of a process that gives commits their stamps: the time of the machine, and never below
/// a stamp that the process has given or heard of. Thread-safe, without a lock.
/// </summary>
/// <remarks>
/// <para>
/// What must hold: a stamp is higher than all that were given or observed before it, whatever the
/// machine's clock does. Silos and clients send the highest stamp that they know with their
/// messages, so that the order of stamps follows the order in which commits depend on each other.
/// </para>
/// <para>
/// A stamp counts ticks of 100 ns, as <see cref="DateTime"/> does. Where two are given within one
/// tick, or the machine's clock stands still or goes back, the next one is one higher than the
/// last. A client gives no stamps: it hands on those of silos, so that its machine's clock cannot
/// change those of a cluster.
/// </para>
/// <para>
/// A silo whose machine's clock is wrong by years takes all others along, as Orleans' own
/// <c>CausalClock</c> does. To refuse its messages would stop the cluster, and to overlook its
/// stamps would break their order; the order is what they are for. So stamps are ahead of the time
/// then, until all processes have ended. They cannot overflow: a machine's time counts at most as
/// <see cref="LatestTime"/>, and 40,000 years of a million commits a second fit between that and
/// <see cref="HighestKnown"/>.
/// </para>
/// </remarks>
internal sealed class HybridClock(TimeProvider time)
{
    /// <summary>A later time of the machine counts as this: the beginning of year 5000.</summary>
    public static readonly long LatestTime =
        new DateTime(5000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    /// <summary>
    /// No silo gives a higher stamp: the beginning of year 9000. So each one is also a
    /// <see cref="DateTime"/>.
    /// </summary>
    public static readonly long HighestKnown =
        new DateTime(9000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private long _last;
    private long _closed;

    /// <summary>The highest stamp that the process knows; 0: none yet.</summary>
    public long Now => Volatile.Read(ref _last);

    /// <summary>Gives a new stamp.</summary>
    public long Next()
    {
        long now = Math.Min(time.GetUtcNow().Ticks, LatestTime);
        long last = Volatile.Read(ref _last);
        while (true)
        {
            long next = Math.Max(last + 1, now);
            long found = Interlocked.CompareExchange(ref _last, next, last);
            if (found == last) return next;
            last = found;
        }
    }

    /// <summary>
    /// Learns of a stamp: all that are given from now on are higher. A number that cannot be one is
    /// left out.
    /// </summary>
    /// <param name="stamp">A stamp of another process; 0: none.</param>
    public void Observe(long stamp)
    {
        if (stamp <= HighestKnown) Raise(ref _last, stamp);
    }

    /// <summary>
    /// Ends the stamps up to one in this silo: what is not committed by now gets a higher one. Only
    /// while no commit is decided or applied.
    /// </summary>
    public void Close(long stamp)
    {
        Observe(stamp);
        Raise(ref _closed, stamp);
    }

    /// <summary>Whether a stamp was ended here.</summary>
    public bool IsClosed(long stamp) => stamp <= Volatile.Read(ref _closed);

    private static void Raise(ref long value, long least)
    {
        long known = Volatile.Read(ref value);
        while (known < least)
        {
            long found = Interlocked.CompareExchange(ref value, least, known);
            if (found == known) return;
            known = found;
        }
    }
}
