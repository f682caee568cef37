using System.Text.Json.Serialization;

namespace Memento.Tables;

/// <summary>What the catalog keeps about an index.</summary>
/// <param name="Property">
/// The indexed property; the names of several in the order of the index, <c>Director, Year</c>.
/// </param>
/// <param name="Type">
/// The name of the encoding of each, such as <c>string</c> or <c>string, int64</c>.
/// </param>
/// <param name="Unique">Whether two records may not have the same value.</param>
[GenerateSerializer]
[Alias("Memento.IndexSchema")]
internal sealed record IndexSchema(
    [property: Id(0)] string Property,
    [property: Id(1)] string Type,
    [property: Id(2)] bool Unique)
{
    /// <summary>No name of a property has it in it.</summary>
    private const string Separator = ", ";

    /// <summary>The index's name.</summary>
    [JsonIgnore]
    public string Name => Info.Name;

    /// <summary>The index as callers know it.</summary>
    [JsonIgnore]
    public IndexInfo Info => new(Property.Split(Separator), Unique);

    public static IndexSchema Of(IndexDefinition index) => new(
        Join(index.Properties.Select(property => property.Name)),
        Join(index.Properties.Select(property => EncodingName.Of(property.ValueType))),
        index.Unique);

    private static string Join(IEnumerable<string> names) => string.Join(Separator, names);
}
