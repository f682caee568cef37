namespace Memento.Tables;

/// <summary>What the catalog keeps about an index.</summary>
/// <param name="Property">The indexed property.</param>
/// <param name="Type">The name of the encoding of its values, such as <c>string</c>.</param>
/// <param name="Unique">Whether two records may not have the same value.</param>
[GenerateSerializer]
[Alias("Memento.IndexSchema")]
internal sealed record IndexSchema(
    [property: Id(0)] string Property,
    [property: Id(1)] string Type,
    [property: Id(2)] bool Unique);
