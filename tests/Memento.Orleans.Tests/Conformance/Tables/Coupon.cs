namespace Memento.Tests.Conformance.Tables;

/// <summary>An ordered set whose numbers are soon used up.</summary>
[Table(Type = TableType.OrderedSet, AutoIncrement = true, Partitions = 3)]
public sealed record Coupon
{
    [PrimaryKey] public byte Id { get; init; }
    public string? Text { get; init; }
}
