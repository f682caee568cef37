using System.Text.Json.Serialization;

namespace Memento.Tests.Conformance.Tables;

/// <summary>A record type with derived ones, each with properties of its own.</summary>
[Table(Type = TableType.OrderedSet, AutoIncrement = true, Partitions = 3)]
[JsonDerivedType(typeof(Dog), "dog")]
[JsonDerivedType(typeof(Cat), "cat")]
public record Animal
{
    public long Id { get; init; }
    [Index] public string? Name { get; init; }
    [Index(Unique = true)] public virtual string? Tag { get; init; }
}

/// <summary>Nothing of it can change.</summary>
public sealed record Dog : Animal
{
    public string? Breed { get; init; }
    public override string? Tag { get => base.Tag; init => base.Tag = value; }
}

/// <summary>A record with objects that can change.</summary>
public sealed record Cat : Animal
{
    public IReadOnlyList<string> Toys { get; init; } = [];
}

/// <summary>Its base type does not name it.</summary>
public sealed record Snake : Animal
{
    public int Length { get; init; }
}
