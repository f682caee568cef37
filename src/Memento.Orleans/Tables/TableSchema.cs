using System.Text.Json.Serialization;

namespace Memento.Tables;

/// <summary>
/// The catalog's description of a table, which is compared with the definition at the next start.
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

    /// <summary>
    /// The differences to <paramref name="stored"/>, the description of an earlier start.
    /// </summary>
    public SchemaDifference Compare(TableSchema stored)
    {
        var incompatibilities = new List<string>();
        AddIfChanged(incompatibilities, "type", stored.Type, Type);
        AddIfChanged(incompatibilities, "storage", stored.Storage, Storage);
        AddIfChanged(
            incompatibilities, "number of partitions", stored.PartitionCount, PartitionCount);
        AddIfChanged(incompatibilities, "primary key", Describe(stored.Key), Describe(Key));

        // With the type of the values, because another encoding makes other entries.
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

/// <summary>The catalog's description of an index.</summary>
/// <param name="Property">
/// The indexed property, or the names of several in the order of the index: <c>Director, Year</c>.
/// </param>
/// <param name="Type">
/// The name of the encoding of each property, such as <c>string</c> or <c>string, int64</c>.
/// </param>
/// <param name="Unique">Whether two records must not have the same value.</param>
[GenerateSerializer]
[Alias("Memento.IndexSchema")]
internal sealed record IndexSchema(
    [property: Id(0)] string Property,
    [property: Id(1)] string Type,
    [property: Id(2)] bool Unique)
{
    /// <summary>No property has a name with this text in it.</summary>
    private const string Separator = ", ";

    /// <summary>The index's name.</summary>
    [JsonIgnore]
    public string Name => Info.Name;

    /// <summary>The description of the index for callers.</summary>
    [JsonIgnore]
    public IndexInfo Info => new(Property.Split(Separator), Unique);

    public static IndexSchema Of(IndexDefinition index) => new(
        Join(index.Properties.Select(property => property.Name)),
        Join(index.Properties.Select(property => EncodingName.Of(property.ValueType))),
        index.Unique);

    private static string Join(IEnumerable<string> names) => string.Join(Separator, names);
}

/// <summary>The catalog's description of a part of the key of a table.</summary>
/// <param name="Property">The property's name.</param>
/// <param name="Type">The name of the encoding, such as <c>int64</c>; see
/// <see cref="EncodingName"/>.</param>
[GenerateSerializer]
[Alias("Memento.KeySchema")]
internal sealed record KeySchema([property: Id(0)] string Property, [property: Id(1)] string Type);

/// <summary>How a table of the program differs from the stored table.</summary>
internal sealed class SchemaDifference
{
    /// <summary>
    /// The reasons why the program cannot use the stored table, each a clause for a message.
    /// </summary>
    public required IReadOnlyList<string> Incompatibilities { get; init; }

    /// <summary>The unique indexes that have to be filled, which may find duplicates.</summary>
    public required IReadOnlyList<string> AddedUniqueIndexes { get; init; }

    /// <summary>The unique indexes whose entries are to be removed.</summary>
    public required IReadOnlyList<string> RemovedUniqueIndexes { get; init; }

    /// <summary>
    /// Whether attributes, other indexes or auto-increment differ: no stored data depends on them.
    /// </summary>
    public required bool HasOtherChanges { get; init; }

    public bool IsCompatible => Incompatibilities.Count == 0;

    /// <summary>Whether the catalog and the program agree.</summary>
    public bool IsNone
        => IsCompatible && AddedUniqueIndexes.Count == 0 && RemovedUniqueIndexes.Count == 0
            && !HasOtherChanges;
}
