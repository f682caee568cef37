namespace Memento;

/// <summary>The description of a table at one moment.</summary>
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

    /// <summary>Whether its records survive the process.</summary>
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

    /// <summary>
    /// How many of its records were set aside, because its type cannot read them; see
    /// <see cref="UnreadableRecords"/>.
    /// </summary>
    [Id(8)]
    public long Unreadable { get; init; }

    /// <summary>
    /// When records of the table were last lost with a silo that died; null: never, as far as the
    /// silos know that have its partitions. Only records in ram are lost.
    /// </summary>
    [Id(9)]
    public DateTimeOffset? LostAt { get; init; }
}

/// <summary>An index of a table.</summary>
[GenerateSerializer]
[Alias("Memento.IndexInfo")]
public sealed record IndexInfo
{
    /// <summary>An index on one property.</summary>
    /// <param name="property">The property's name.</param>
    /// <param name="unique">Whether two records must not have the same value.</param>
    public IndexInfo(string property, bool unique)
        : this([property], unique)
    {
    }

    /// <summary>An index on one property or several.</summary>
    /// <param name="properties">Their names, in the order of the index.</param>
    /// <param name="unique">Whether two records must not have the same values.</param>
    /// <exception cref="ArgumentException">There is no name, or an empty one.</exception>
    public IndexInfo(IReadOnlyList<string> properties, bool unique)
    {
        ArgumentNullException.ThrowIfNull(properties);
        if (properties.Count == 0)
            throw new ArgumentException("Name at least one property.", nameof(properties));
        foreach (string property in properties)
            ArgumentException.ThrowIfNullOrEmpty(property, nameof(properties));

        Properties = [.. properties];
        Unique = unique;
    }

    /// <summary>The names of the indexed properties, in the order of the index.</summary>
    [Id(0)]
    public IReadOnlyList<string> Properties { get; }

    /// <summary>Whether two records must not have the same values.</summary>
    [Id(1)]
    public bool Unique { get; }

    /// <summary>
    /// The name of the index: the name of its property, or the names of several with <c>_</c>
    /// between them.
    /// </summary>
    public string Name => string.Join('_', Properties);

    /// <summary>
    /// Whether the other index has the same properties, and is unique if this one is.
    /// </summary>
    /// <param name="other">The other index.</param>
    public bool Equals(IndexInfo? other)
        => other is not null && Unique == other.Unique
            && Properties.SequenceEqual(other.Properties, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode()
        => HashCode.Combine(Name.GetHashCode(StringComparison.Ordinal), Unique);

    /// <summary>The name, and whether it is unique.</summary>
    public override string ToString() => Unique ? $"{Name} (unique)" : Name;
}

/// <summary>A partition of a table.</summary>
/// <param name="Number">The partition's number, 0 or more.</param>
/// <param name="Silo">The address of the silo that has it in memory.</param>
/// <param name="Size">How many committed records it has.</param>
/// <param name="Memory">An estimate of the bytes that it takes in memory.</param>
[GenerateSerializer]
[Alias("Memento.PartitionInfo")]
public sealed record PartitionInfo(
    [property: Id(0)] int Number,
    [property: Id(1)] string Silo,
    [property: Id(2)] long Size,
    [property: Id(3)] long Memory)
{
    /// <summary>How many of its records were set aside.</summary>
    [Id(4)]
    public long Unreadable { get; init; }

    /// <summary>
    /// When its records were last lost with a silo that died, so that it began empty; null: never.
    /// </summary>
    [Id(5)]
    public DateTimeOffset? LostAt { get; init; }

    /// <summary>The name of its table.</summary>
    [Id(6)]
    public string Table { get; init; } = "";
}
