using System.Reflection;

namespace Memento.Tables;

/// <summary>What <see cref="TableDefinitionReader"/> has read and found valid.</summary>
internal sealed record TableDefinitionParts
{
    public required string Name { get; init; }

    public required TableType Type { get; init; }

    public required TableStorage Storage { get; init; }

    public required bool AutoIncrement { get; init; }

    public required int PartitionCount { get; init; }

    /// <summary>The stored properties, the key's first, in the order of the key.</summary>
    public required IReadOnlyList<PropertyInfo> Properties { get; init; }

    /// <summary>How many of the properties are the key.</summary>
    public required int KeyLength { get; init; }

    public required IReadOnlyList<IndexInfo> Indexes { get; init; }
}
