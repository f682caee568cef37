namespace Memento.Tests.Api;

/// <summary>Not a table: nothing besides its key.</summary>
public sealed record KeyOnly
{
    public int Id { get; init; }
}
