
namespace Memento.Grains;

/// <summary>The stored form of the catalog.</summary>
internal sealed class CatalogState
{
    /// <summary>The tables by name.</summary>
    public Dictionary<string, CatalogEntry> Tables { get; set; } = [];
}
