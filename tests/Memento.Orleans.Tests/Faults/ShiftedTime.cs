namespace Memento.Tests.Faults;

/// <summary>The system's clock, which a test moves on or stops.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private const long Running = -1;

    private long _shift;
    private long _stoppedAt = Running;

    public override long GetTimestamp()
        => Interlocked.Read(ref _stoppedAt) is not Running and var stoppedAt
            ? stoppedAt
            : base.GetTimestamp() + Interlocked.Read(ref _shift);

    public void MoveOn(TimeSpan span)
        => Interlocked.Add(ref _shift, (long)(span.TotalSeconds * TimestampFrequency));

    /// <summary>Stops the clock, for tests of events that no wait may cause.</summary>
    public void Stop() => Interlocked.Exchange(ref _stoppedAt, GetTimestamp());

    public void GoOn() => Interlocked.Exchange(ref _stoppedAt, Running);
}
