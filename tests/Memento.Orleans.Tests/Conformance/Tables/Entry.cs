namespace Memento.Tests.Conformance.Tables;

/// <summary>A set with a string key, indexes, and fewer partitions than keys.</summary>
[Table(Partitions = 3)]
[Index(nameof(Group), nameof(Value))]
public sealed record Entry
{
    [PrimaryKey] public required string Name { get; init; }
    public long Value { get; init; }
    [Index] public string? Group { get; init; }
}
