namespace Memento.Tests.Conformance.Tables;

/// <summary>An ordered set with numbers for keys, an index and two unique ones.</summary>
[Table(Type = TableType.OrderedSet, AutoIncrement = true, Partitions = 10)]
[Index(nameof(Owner), nameof(Title), Unique = true)]
public sealed record Ticket
{
    public long Id { get; init; }
    public required string Title { get; init; }
    [Index] public string? Owner { get; init; }
    [Index(Unique = true)] public string? Code { get; init; }
}
