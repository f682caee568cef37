namespace Memento.Tests.Queries;

/// <summary>A record with a composite key and a unique index.</summary>
public sealed record Pair
{
    [PrimaryKey(Order = 0)]
    public int First { get; init; }

    [PrimaryKey(Order = 1)]
    public string Second { get; init; } = "";

    [Index]
    public int Plain { get; init; }

    [Index(Unique = true)]
    public string? Code { get; init; }
}
