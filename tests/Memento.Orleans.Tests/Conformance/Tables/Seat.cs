namespace Memento.Tests.Conformance.Tables;

/// <summary>An ordered set with a composite key.</summary>
[Table(Type = TableType.OrderedSet, Partitions = 3)]
public sealed record Seat
{
    [PrimaryKey(Order = 0)] public Guid Hall { get; init; }
    [PrimaryKey(Order = 1)] public int Number { get; init; }
    [Index] public string? Guest { get; init; }
}
