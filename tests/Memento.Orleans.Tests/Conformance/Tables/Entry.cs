namespace Memento.Tests.Conformance.Tables;

/// <summary>A set with a string key, an index, and fewer partitions than keys.</summary>
[Table(Partitions = 3)]
public sealed record Entry
{
    [PrimaryKey] public required string Name { get; init; }
    public long Value { get; init; }
    [Index] public string? Group { get; init; }
}
