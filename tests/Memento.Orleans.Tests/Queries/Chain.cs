namespace Memento.Tests.Queries;

/// <summary>A record that holds others of its type, as deep as anybody likes.</summary>
public sealed record Chain
{
    public int Id { get; init; }

    public Chain? Next { get; init; }
}
