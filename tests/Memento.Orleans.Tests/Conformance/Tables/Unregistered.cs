namespace Memento.Tests.Conformance.Tables;

/// <summary>A valid table that no host of the tests registers.</summary>
public sealed record Unregistered
{
    public int Id { get; init; }
    public string? Text { get; init; }
}
