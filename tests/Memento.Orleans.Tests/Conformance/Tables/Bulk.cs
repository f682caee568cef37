using System.Collections.Immutable;

namespace Memento.Tests.Conformance.Tables;

/// <summary>A record that can be large in several ways.</summary>
[Table(Type = TableType.OrderedSet, AutoIncrement = true, Partitions = 2)]
public sealed record Bulk
{
    public int Id { get; init; }
    public byte[]? Bytes { get; init; }
    public int[]? Numbers { get; init; }
    public IReadOnlyDictionary<int, long>? Totals { get; init; }
    public IEnumerable<double>? Reals { get; init; }
}

/// <summary>An immutable record, which the store shares with its writer.</summary>
[Table(Partitions = 2)]
public sealed record Parcel
{
    public required int Id { get; init; }
    public ImmutableArray<Guid> Parts { get; init; } = [];
}
