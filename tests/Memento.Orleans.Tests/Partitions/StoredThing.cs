namespace Memento.Tests.Partitions;

[Table(Type = TableType.OrderedSet)]
[Index(nameof(Colour), nameof(Size))]
public sealed record StoredThing
{
    public int Id { get; init; }

    [Index] public string? Colour { get; init; }

    [Index] public int? Size { get; init; }
}
