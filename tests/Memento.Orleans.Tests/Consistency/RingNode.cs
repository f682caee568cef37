namespace Memento.Tests.Consistency;

/// <summary>A node of the ring; the next one's id.</summary>
public sealed record RingNode
{
    public int Id { get; init; }

    public int Next { get; init; }
}
