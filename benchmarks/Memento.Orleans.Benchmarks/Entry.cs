namespace Memento.Benchmarks;

/// <summary>A record of about 100 bytes, as the peer's.</summary>
public sealed record Entry
{
    public const int BodyLength = 80;

    public long Id { get; init; }

    public required string Body { get; init; }

    public long Balance { get; init; }

    [Index]
    public long Group { get; init; }

    /// <summary>
    /// The group once more, without an index: a query by it has to look at every record, as the
    /// peer's select does by its group.
    /// </summary>
    public long Section { get; init; }
}
