namespace Memento;

/// <summary>What a table is and holds at the moment of asking.</summary>
[GenerateSerializer]
[Alias("Memento.TableInfo")]
public sealed record TableInfo
{
    /// <summary>The table's name.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>How it keeps its records.</summary>
    [Id(1)]
    public required TableType Type { get; init; }

    /// <summary>Where its records outlive the process.</summary>
    [Id(2)]
    public required TableStorage Storage { get; init; }

    /// <summary>The names of the record's properties, the key's first.</summary>
    [Id(3)]
    public required IReadOnlyList<string> Attributes { get; init; }

    /// <summary>Its indexes.</summary>
    [Id(4)]
    public required IReadOnlyList<IndexInfo> Indexes { get; init; }

    /// <summary>How many committed records it has.</summary>
    [Id(5)]
    public required long Size { get; init; }

    /// <summary>An estimate of the bytes that records and indexes take in memory.</summary>
    [Id(6)]
    public required long Memory { get; init; }

    /// <summary>Its partitions, in order, and the silo of each.</summary>
    [Id(7)]
    public required IReadOnlyList<PartitionInfo> Partitions { get; init; }
}
