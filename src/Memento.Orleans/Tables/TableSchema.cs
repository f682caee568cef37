namespace Memento.Tables;

/// <summary>
/// What the catalog keeps about a table, to know at the next start whether it still fits.
/// </summary>
[GenerateSerializer]
[Alias("Memento.TableSchema")]
internal sealed record TableSchema
{
    [Id(0)]
    public required string Name { get; init; }

    [Id(1)]
    public required TableType Type { get; init; }

    [Id(2)]
    public required TableStorage Storage { get; init; }

    [Id(3)]
    public required bool AutoIncrement { get; init; }

    [Id(4)]
    public required int PartitionCount { get; init; }

    /// <summary>The names of the record's properties, the key's first.</summary>
    [Id(5)]
    public required IReadOnlyList<string> Attributes { get; init; }

    /// <summary>The parts of the key, in its order.</summary>
    [Id(6)]
    public required IReadOnlyList<KeySchema> Key { get; init; }

    [Id(7)]
    public required IReadOnlyList<IndexSchema> Indexes { get; init; }

    /// <summary>What has become different since <paramref name="stored"/> was kept.</summary>
    public SchemaDifference Compare(TableSchema stored)
    {
        var incompatibilities = new List<string>();
        AddIfChanged(incompatibilities, "type", stored.Type, Type);
        AddIfChanged(incompatibilities, "storage", stored.Storage, Storage);
        AddIfChanged(
            incompatibilities, "number of partitions", stored.PartitionCount, PartitionCount);
        AddIfChanged(incompatibilities, "primary key", Describe(stored.Key), Describe(Key));

        // With the type of its values, because another encoding makes other entries.
        var uniqueBefore = stored.Indexes.Where(index => index.Unique).ToHashSet();
        var uniqueNow = Indexes.Where(index => index.Unique).ToHashSet();
        return new SchemaDifference
        {
            Incompatibilities = incompatibilities,
            AddedUniqueIndexes = Names(uniqueNow.Except(uniqueBefore)),
            RemovedUniqueIndexes = Names(uniqueBefore.Except(uniqueNow)),
            HasOtherChanges = stored.AutoIncrement != AutoIncrement
                || !stored.Attributes.SequenceEqual(Attributes, StringComparer.Ordinal)
                || !stored.Indexes.Where(index => !index.Unique).ToHashSet()
                    .SetEquals(Indexes.Where(index => !index.Unique)),
        };
    }

    private static void AddIfChanged<T>(List<string> list, string what, T stored, T current)
        where T : notnull
    {
        if (!stored.Equals(current))
            list.Add($"its {what} is {stored} in the storage and {current} in the program");
    }

    private static string Describe(IReadOnlyList<KeySchema> key)
        => $"({string.Join(", ", key.Select(part => $"{part.Property} {part.Type}"))})";

    private static string[] Names(IEnumerable<IndexSchema> indexes)
        => [.. indexes.Select(index => index.Name).Order(StringComparer.Ordinal)];
}
