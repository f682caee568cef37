namespace Memento.Tests.Faults;

/// <summary>The system's clock, which a test moves on.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _shift);

    public void MoveOn(TimeSpan span)
        => Interlocked.Add(ref _shift, (long)(span.TotalSeconds * TimestampFrequency));
}
