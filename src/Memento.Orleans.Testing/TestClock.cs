namespace Memento;

/// <summary>
/// The clock of a <see cref="MementoTestCluster"/>. It runs like that of the machine, and a test
/// can set it forward. It is the <see cref="TimeProvider"/> in the services of all silos and
/// clients, so that the store, Orleans and the application have the same time.
/// </summary>
public sealed class TestClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly HashSet<ClockTimer> _timers = [];
    private long _ahead;

    internal TestClock()
    {
    }

    /// <summary>How far it is ahead of the clock of the machine; zero at first.</summary>
    public TimeSpan Ahead => TimeSpan.FromTicks(Volatile.Read(ref _ahead));

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>
    /// Sets the clock forward. Delays, timers and time limits that end before the new time end now.
    /// It is as if all silos and clients had stood still for that long: what is written is kept,
    /// and nobody is taken for dead.
    /// </summary>
    /// <param name="time">How far; zero or more.</param>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        Interlocked.Add(ref _ahead, time.Ticks);
        ClockTimer[] timers;
        lock (_gate)
            timers = [.. _timers];
        foreach (ClockTimer timer in timers)
            timer.LookAgain();
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;

    /// <inheritdoc/>
    public override long GetTimestamp()
        => System.GetElapsedTime(0, System.GetTimestamp()).Ticks + Volatile.Read(ref _ahead);

    /// <inheritdoc/>
    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ClockTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>A timer of the machine that is set anew when the clock is set forward.</summary>
    private sealed class ClockTimer : ITimer
    {
        private readonly Lock _gate = new();
        private readonly TestClock _clock;
        private readonly Action _call;
        private readonly ITimer _inner;
        private long? _dueAt;
        private TimeSpan _period;
        private bool _isDisposed;

        public ClockTimer(TestClock clock, Action call)
        {
            _clock = clock;
            _call = call;
            _inner = System.CreateTimer(
                static timer => ((ClockTimer)timer!).OnDue(),
                this,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_gate)
            {
                if (_isDisposed) return false;

                _period = period;
                Await(dueTime == Timeout.InfiniteTimeSpan ? null : dueTime);
                return true;
            }
        }

        /// <summary>Waits for the rest of the time; not at all, if it is over.</summary>
        public void LookAgain()
        {
            lock (_gate)
            {
                if (!_isDisposed && _dueAt is { } dueAt) Await(Rest(dueAt));
            }
        }

        public void Dispose()
        {
            End();
            _inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            End();
            return _inner.DisposeAsync();
        }

        private void OnDue()
        {
            lock (_gate)
            {
                if (_isDisposed || _dueAt is not { } dueAt) return;

                // The timers of the machine may be early.
                if (Rest(dueAt) is var rest && rest > TimeSpan.Zero)
                {
                    Await(rest);
                    return;
                }

                Await(_period <= TimeSpan.Zero ? null : _period);
            }

            _call();
        }

        /// <summary>Sets the timer; null: it is not due again.</summary>
        private void Await(TimeSpan? time)
        {
            _dueAt = time is { } some ? _clock.GetTimestamp() + some.Ticks : null;
            lock (_clock._gate)
            {
                if (_dueAt is null)
                    _clock._timers.Remove(this);
                else
                    _clock._timers.Add(this);
            }

            // Whole milliseconds, as the timers of the machine have them, and not one too few.
            _inner.Change(
                time is { } due
                    ? TimeSpan.FromMilliseconds(Math.Ceiling(due.TotalMilliseconds))
                    : Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
        }

        private TimeSpan Rest(long dueAt)
            => TimeSpan.FromTicks(Math.Max(0, dueAt - _clock.GetTimestamp()));

        private void End()
        {
            lock (_gate)
            {
                _isDisposed = true;
                _dueAt = null;
                lock (_clock._gate)
                    _clock._timers.Remove(this);
            }
        }
    }
}
