namespace Memento.Tests.Queries;

/// <summary>An object in a record.</summary>
public sealed record Address
{
    public string? City { get; init; }

    public int Number { get; init; }

    public int? MaybeNumber { get; init; }

    public bool IsHome { get; init; }

    public Point? Spot { get; init; }

    /// <summary>Not stored.</summary>
    public string Line => $"{City} {Number}";
}
