namespace Memento.Tests.Faults;

/// <summary>The clock of a machine that is ahead of the others by a time, or behind.</summary>
internal sealed class SkewedTime(TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
}
