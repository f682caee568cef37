namespace Memento.Tests.Conformance.Tables;

/// <summary>A bag.</summary>
[Table(Type = TableType.Bag, Partitions = 3)]
public sealed record Tag
{
    [PrimaryKey] public required string Subject { get; init; }
    [Index] public required string Word { get; init; }
    public int Weight { get; init; }
}
