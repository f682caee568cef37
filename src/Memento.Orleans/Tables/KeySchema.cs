namespace Memento.Tables;

/// <summary>What the catalog keeps about a part of a table's key.</summary>
/// <param name="Property">The property's name.</param>
/// <param name="Type">The name of the encoding, such as <c>int64</c>; see
/// <see cref="EncodingName"/>.</param>
[GenerateSerializer]
[Alias("Memento.KeySchema")]
internal sealed record KeySchema([property: Id(0)] string Property, [property: Id(1)] string Type);
