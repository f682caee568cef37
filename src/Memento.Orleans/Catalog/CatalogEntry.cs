using Memento.Tables;

namespace Memento.Catalog;

/// <summary>A table in the catalog.</summary>
/// <param name="Schema">What it is, with the indexes that it has.</param>
/// <param name="IsBeingDeleted">
/// Whether its deletion has begun; it is completed at the next start if the process died in between.
/// </param>
/// <param name="Added">Which of its indexes no type declares; null for none.</param>
internal sealed record CatalogEntry(
    TableSchema Schema, bool IsBeingDeleted, IReadOnlyList<IndexSchema>? Added = null);
