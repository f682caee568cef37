using Memento.Tests.Queries;

namespace Memento.Tests.Transactions;

/// <summary>A table with a text, an object and a number that may be none.</summary>
[Table(Type = TableType.OrderedSet, Partitions = 2)]
public sealed record Visit
{
    public int Id { get; init; }

    public string? Guest { get; init; }

    public Address? Place { get; init; }

    public double Length { get; init; }
}
