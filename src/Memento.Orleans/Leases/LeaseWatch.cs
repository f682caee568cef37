using Memento.Storage;

namespace Memento.Leases;

/// <summary>
/// Watches the leases of other silos: since when each counter is what it is, by the clock of this
/// silo. The clocks of other machines are not asked.
/// </summary>
/// <param name="duration">The duration for leases that were never seen.</param>
/// <param name="time">The clock.</param>
internal sealed class LeaseWatch(TimeSpan duration, TimeProvider time)
{
    private Dictionary<Guid, Sighting> _seen = [];
    private long? _began;

    /// <summary>The leases were read.</summary>
    public void See(IReadOnlyList<StoredLease> leases)
    {
        long now = time.GetTimestamp();
        _began ??= now;
        foreach (StoredLease each in leases)
        {
            if (!_seen.TryGetValue(each.Owner, out Sighting? known) || known.Lease != each)
                _seen[each.Owner] = new Sighting(each, now);
        }

        HashSet<Guid> there = [.. leases.Select(static each => each.Owner)];
        foreach (Guid gone in _seen.Keys.Where(each => !there.Contains(each)).ToArray())
        {
            // It has ended, or was forgotten. If it renews after all, it begins anew.
            if (_seen[gone].Lease is { } last)
                _seen[gone] = new Sighting(null, now) { Duration = last.Duration };
        }
    }

    /// <summary>What was seen until now; later sights do not change it.</summary>
    public LeaseWatch Copy() => new(duration, time) { _seen = new(_seen), _began = _began };

    /// <summary>
    /// Whether the renewal that was seen last of a silo has ended, on every machine. A lease that
    /// was never there has ended if it could have been renewed only before the watch began.
    /// </summary>
    public bool HasEnded(Guid owner)
    {
        if (_began is not { } began) return false;
        (long since, TimeSpan length) = _seen.TryGetValue(owner, out Sighting? seen)
            ? (seen.Since, seen.Duration)
            : (began, duration);
        return time.GetElapsedTime(since) >= length * Lease.WaitShare;
    }

    private sealed record Sighting(StoredLease? Lease, long Since)
    {
        public TimeSpan Duration { get; init; } = Lease?.Duration ?? TimeSpan.Zero;
    }
}
