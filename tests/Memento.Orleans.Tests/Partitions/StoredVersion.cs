namespace Memento.Tests.Partitions;

/// <summary>A record that says which write it is of.</summary>
[Table(Type = TableType.OrderedSet)]
[Index(nameof(Colour), nameof(Size))]
public sealed record StoredVersion
{
    public int Id { get; init; }

    [Index] public string? Colour { get; init; }

    [Index] public int? Size { get; init; }

    /// <summary>Another one for each write.</summary>
    public int Serial { get; init; }
}

/// <summary>The same in a bag.</summary>
[Table(Type = TableType.Bag)]
[Index(nameof(Colour), nameof(Size))]
public sealed record StoredCopy
{
    public int Id { get; init; }

    [Index] public string? Colour { get; init; }

    [Index] public int? Size { get; init; }

    /// <summary>Another one for each write.</summary>
    public int Serial { get; init; }
}
