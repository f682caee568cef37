using Memento.Leases;
using Memento.Storage;

namespace Memento.Tests.Clusters;

/// <summary>
/// Silos that take one partition from each other under leases, on one thread, by a seed: with
/// clocks that run at different speeds, pauses and suspended machines at every step, and a storage
/// that is slow. It is looked at all the time that never two of them may rely on the partition.
/// </summary>
internal sealed class LeaseSimulation
{
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly Random _random;
    private readonly Silo[] _silos;
    private readonly Func<Holding, Guid, bool> _hasEnded;
    private readonly Dictionary<Guid, StoredLease> _leases = [];
    private long _epoch;
    private (Guid Silo, long Epoch)? _owner;
    private TimeSpan _now;

    /// <param name="seed">The seed.</param>
    /// <param name="silos">How many silos there are.</param>
    /// <param name="hasEnded">How a silo finds out that the lease of another one has ended.</param>
    public LeaseSimulation(int seed, int silos, Func<Holding, Guid, bool> hasEnded)
    {
        _random = new Random(seed);
        _silos = [.. Enumerable.Range(0, silos).Select(_ => new Silo(this))];
        _hasEnded = hasEnded;
    }

    /// <summary>How often a silo has taken the partition.</summary>
    public int Taken { get; private set; }

    /// <summary>Runs it; what was wrong, or null.</summary>
    public string? Run()
    {
        for (_now = TimeSpan.Zero; _now < Length; _now += Tick)
        {
            foreach (Silo silo in _silos)
                silo.Step();
            if (_silos.Count(static silo => silo.Relies) > 1)
                return $"Two silos relied on the partition at {_now}.";
        }

        return null;
    }

    private TimeSpan Delay(TimeSpan most) => most * _random.NextDouble();

    /// <summary>A storage call: short as a rule, sometimes longer than a lease.</summary>
    private TimeSpan CallTime()
        => Delay(_random.Next(50) == 0 ? Duration * 2 : TimeSpan.FromMilliseconds(60));

    private sealed class Silo : TimeProvider
    {
        private readonly LeaseSimulation _all;
        private readonly Guid _id;
        private readonly double _speed;
        private readonly Lease _lease;
        private readonly (IEnumerator<TimeSpan> Steps, TimeSpan At)[] _work;
        private Holding? _holding;
        private bool _isTaken;
        private TimeSpan _pausedUntil;
        private TimeSpan _suspendedFrom;
        private TimeSpan _suspended;
        private bool _isSuspended;

        public Silo(LeaseSimulation all)
        {
            _all = all;
            byte[] id = new byte[16];
            all._random.NextBytes(id);
            _id = new Guid(id);
            _speed = 0.95 + (0.1 * all._random.NextDouble());
            _lease = new Lease(Duration, this);
            _work = [(Renew().GetEnumerator(), default), (Take().GetEnumerator(), default)];
        }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        /// <summary>Whether code of this silo would serve the partition at this moment.</summary>
        public bool Relies => _isTaken && _holding is { Stands: true };

        public override long GetTimestamp()
        {
            TimeSpan standing = _suspended
                + (_isSuspended ? _all._now - _suspendedFrom : TimeSpan.Zero);
            return (long)((_all._now - standing).Ticks * _speed);
        }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _all._now;

        public void Step()
        {
            if (_all._now < _pausedUntil) return;
            if (_isSuspended)
            {
                _suspended += _all._now - _suspendedFrom;
                _isSuspended = false;
            }

            for (int i = 0; i < _work.Length; i++)
            {
                if (_all._now < _work[i].At) continue;
                _work[i].Steps.MoveNext();
                _work[i].At = _all._now + _work[i].Steps.Current;

                // At any step, for as long as three leases.
                if (_all._random.Next(150) != 0) continue;
                _pausedUntil = _all._now + _all.Delay(Duration * 3);
                _isSuspended = _all._random.Next(3) == 0;
                _suspendedFrom = _all._now;
                return;
            }
        }

        private IEnumerable<TimeSpan> Renew()
        {
            while (true)
            {
                Renewal renewal = _lease.Begin();
                yield return _all.CallTime();
                var counted = new StoredLease(
                    _id, _all._leases.GetValueOrDefault(_id).Counter + 1, Duration);
                _all._leases[_id] = counted;
                yield return _all.CallTime();
                var news = new LeaseNews(
                    [.. _all._leases.Values],
                    [.. renewal.Held.Select(static each => each.Owned)
                        .Where(each => each.Epoch != _all._epoch)]);
                yield return _all.CallTime();

                // As a call that fails, now and then.
                if (_all._random.Next(20) != 0) _lease.End(renewal, news);
                yield return _all.Delay(Duration / 4);
            }
        }

        private IEnumerable<TimeSpan> Take()
        {
            while (true)
            {
                yield return _all.Delay(Duration * 4);
                if (_holding is { IsLost: false }) continue;
                var owned = new PartitionEpoch("t", 0, ++_all._epoch);
                yield return _all.CallTime();
                Holding holding = _lease.Hold(owned);
                Guid? owner = null;
                while (!holding.IsLost)
                {
                    yield return Poll;
                    if (!holding.IsCovered) continue;
                    bool hasEnded = owner is { } other && _all._hasEnded(holding, other);
                    yield return _all.CallTime();
                    if (owned.Epoch != _all._epoch) break;
                    if (_all._owner is { } standing && standing.Silo != _id
                        && !(hasEnded && standing.Silo == owner))
                    {
                        owner = standing.Silo;
                        continue;
                    }

                    _all._owner = (_id, owned.Epoch);
                    (_holding, _isTaken) = (holding, true);
                    _all.Taken++;
                    break;
                }

                if (!_isTaken || _holding != holding)
                {
                    _lease.Drop(holding);
                    continue;
                }

                while (!holding.IsLost)
                    yield return Poll;

                // It has closed the partition, and says so: sometimes never.
                _isTaken = false;
                yield return _all.CallTime();
                if (_all._random.Next(2) == 0 && _all._owner == (_id, owned.Epoch))
                    _all._owner = null;
            }
        }
    }
}
