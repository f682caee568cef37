namespace Memento.Tests.Transactions;

/// <summary>A record with a unique value that cannot be encoded once it refers to itself.</summary>
[Table(Partitions = 3)]
public sealed class Knot
{
    public int Id { get; set; }
    [Index(Unique = true)] public string? Code { get; set; }
    [Index(Unique = true)] public string? Name { get; set; }
    public Knot? Next { get; set; }
}
