namespace Memento.Tests.Queries;

/// <summary>A record that contains others of its type, to any depth.</summary>
public sealed record Chain
{
    public int Id { get; init; }

    public Chain? Next { get; init; }
}
