
namespace Memento.Catalog;

/// <summary>The stored form of the catalog.</summary>
internal sealed class CatalogState
{
    /// <summary>The tables by name.</summary>
    public Dictionary<string, CatalogEntry> Tables { get; set; } = [];

    /// <summary>The secret of the continuations of pages; null until one is asked for.</summary>
    public byte[]? PageKey { get; set; }
}
