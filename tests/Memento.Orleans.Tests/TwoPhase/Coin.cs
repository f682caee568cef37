namespace Memento.Tests.TwoPhase;

/// <summary>A record in ram.</summary>
public sealed record Coin
{
    [PrimaryKey] public required string Name { get; init; }

    public long Value { get; init; }
}

/// <summary>A record on disk, with an index and a unique one.</summary>
[Table(Storage = TableStorage.Disk)]
public sealed record Bill
{
    [PrimaryKey] public required string Name { get; init; }

    [Index] public long Value { get; init; }

    [Index(Unique = true)] public string? Serial { get; init; }
}
