namespace Memento.Tests.Conformance.Tables;

/// <summary>An ordered set with properties for queries, and an index on two of them.</summary>
[Table(Type = TableType.OrderedSet, Partitions = 4)]
[Index(nameof(Author), nameof(Year))]
public sealed record Book
{
    public int Id { get; init; }
    public required string Title { get; init; }
    public string? Author { get; init; }
    [Index] public int? Year { get; init; }
    public int Copies { get; init; }
    public decimal? Price { get; init; }
    public BookPlace? Place { get; init; }
    public List<string>? Words { get; init; }
    public Dictionary<string, int>? Marks { get; init; }
}
