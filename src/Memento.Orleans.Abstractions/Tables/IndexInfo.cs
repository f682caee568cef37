namespace Memento;

/// <summary>An index of a table.</summary>
/// <param name="Property">The indexed property, which is also the index's name.</param>
/// <param name="Unique">Whether two records may not have the same value.</param>
[GenerateSerializer]
[Alias("Memento.IndexInfo")]
public sealed record IndexInfo([property: Id(0)] string Property, [property: Id(1)] bool Unique);
