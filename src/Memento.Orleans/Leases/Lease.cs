using Memento.Invariants;
using Memento.Storage;

namespace Memento.Leases;

/// <summary>
/// The lease of this silo on the partitions that it holds. Renewals go in, and what follows from
/// them comes out: which partitions were lost, and until when the silo may rely on the others.
/// Thread-safe; it waits for nothing and calls nothing but the clock.
/// </summary>
/// <remarks>
/// What must hold: a silo relies on a partition only between a renewal that knew of it and the end
/// of <see cref="RelyShare"/> of the duration after that renewal was sent. Another silo that has
/// raised the owner number waits for <see cref="WaitShare"/> of the duration after it first saw the
/// renewal that counted last before the raise (<see cref="LeaseWatch"/>). A renewal that counts
/// later tells this silo that the partition is lost, before it makes the lease longer. The share
/// between the two is there for clocks that run at different speeds.
///
/// Times are read from the monotonic clock. It stands still while a machine is suspended, so a wall
/// clock that has moved further than the monotonic one ends the lease too.
/// </remarks>
/// <param name="duration">How long the lease lasts after a renewal.</param>
/// <param name="time">The clocks.</param>
internal sealed class Lease(TimeSpan duration, TimeProvider time)
{
    /// <summary>The share of the duration for which the owner relies on a renewal.</summary>
    public const double RelyShare = 0.9;

    /// <summary>The share of the duration for which others wait after a renewal.</summary>
    public const double WaitShare = 1.1;

    /// <summary>
    /// The share of the duration by which the wall clock may get ahead of the monotonic one.
    /// </summary>
    private const double JumpShare = 0.05;

    private readonly Lock _gate = new();
    private readonly HashSet<Holding> _held = [];
    private readonly LeaseWatch _watch = new(duration, time);
    private readonly TimeSpan _relied = duration * RelyShare;
    private readonly TimeSpan _jump = duration * JumpShare;
    private TaskCompletionSource _renewed = NewSource();
    private Renewal? _last;
    private volatile bool _isStalled;

    /// <summary>How long it lasts after a renewal.</summary>
    public TimeSpan Duration => duration;

    /// <summary>Whether the silo may rely on the partitions that it has not lost.</summary>
    public bool IsValid
        => Volatile.Read(ref _last) is { } last
            && time.GetElapsedTime(last.SentAt) is var elapsed && elapsed < _relied
            && time.GetUtcNow() - last.SentAtWall - elapsed < _jump;

    /// <summary>
    /// Until when the silo relies on it, by the wall clock; null before the first renewal.
    /// </summary>
    public DateTimeOffset? Until
        => Volatile.Read(ref _last) is { } last ? last.SentAtWall + _relied : null;

    /// <summary>
    /// Whether the lease was found to have run out, and not renewed since: operations wait.
    /// </summary>
    public bool IsStalled => _isStalled;

    /// <summary>Ends with the next renewal.</summary>
    public Task Renewed
    {
        get
        {
            lock (_gate)
                return _renewed.Task;
        }
    }

    /// <summary>How many partitions are held.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _held.Count;
        }
    }

    /// <summary>
    /// The lease was found to have run out. False if it was known, or renewed meanwhile.
    /// </summary>
    public bool TryStall()
    {
        lock (_gate)
        {
            if (_isStalled || IsValid) return false;
            return _isStalled = true;
        }
    }

    /// <summary>
    /// Holds a partition whose owner number was raised. It is used when a renewal has covered it,
    /// and nobody else owns it.
    /// </summary>
    public Holding Hold(PartitionEpoch owned)
    {
        var holding = new Holding(owned, this);
        lock (_gate)
            _held.Add(holding);
        return holding;
    }

    /// <summary>Ends the use of a partition.</summary>
    public void Drop(Holding holding)
    {
        lock (_gate)
            _held.Remove(holding);
        holding.Lose();
    }

    /// <summary>Begins a renewal, with the partitions that are held at this moment.</summary>
    public Renewal Begin()
    {
        lock (_gate)
            return new Renewal(time.GetTimestamp(), time.GetUtcNow(), [.. _held]);
    }

    /// <summary>
    /// Ends a renewal that the storage has counted. Renewals end in the order in which they began.
    /// </summary>
    /// <returns>The partitions that were lost, and have to be closed.</returns>
    public IReadOnlyList<Holding> End(Renewal renewal, LeaseNews news)
    {
        List<Holding> lost = [];
        TaskCompletionSource renewed;
        lock (_gate)
        {
            Invariant.Holds(
                _last is null || renewal.SentAt >= _last.SentAt,
                "renewals of a lease end in the order in which they began");
            _watch.See(news.Leases);
            HashSet<PartitionEpoch> gone = [.. news.Lost];
            foreach (Holding each in renewal.Held)
            {
                if (gone.Contains(each.Owned))
                {
                    // Before the lease gets longer: nobody relies on both.
                    each.Lose();
                    _held.Remove(each);
                    lost.Add(each);
                }
                else if (!each.IsCovered)
                {
                    each.Cover(_watch.Copy());
                }
            }

            Volatile.Write(ref _last, renewal);
            _isStalled = !IsValid;
            renewed = _renewed;
            _renewed = NewSource();
        }

        renewed.SetResult();
        return lost;
    }

    /// <summary>Ends the lease and all that is held. Nothing is renewed afterwards.</summary>
    public void End()
    {
        lock (_gate)
        {
            Volatile.Write(ref _last, null);
            foreach (Holding each in _held)
                each.Lose();
            _held.Clear();
        }
    }

    private static TaskCompletionSource NewSource()
        => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A renewal on its way.</summary>
/// <param name="SentAt">When it began, by the monotonic clock.</param>
/// <param name="SentAtWall">When it began, by the wall clock.</param>
/// <param name="Held">The partitions that it covers.</param>
internal sealed record Renewal(
    long SentAt, DateTimeOffset SentAtWall, IReadOnlyList<Holding> Held);
