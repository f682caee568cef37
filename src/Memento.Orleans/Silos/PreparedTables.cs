using Memento.Catalog;
using Memento.Commit.Prepared;

namespace Memento.Silos;

/// <inheritdoc cref="IPreparedTables"/>
internal sealed class PreparedTables(CatalogCopy catalog, IGrainFactory grains) : IPreparedTables
{
    public Task EnsureAsync(string table)
        => catalog.Find(table) is { HasPrepared: true }
            ? Task.CompletedTask
            : grains.GetGrain<ICatalogGrain>(CatalogGrain.Key).AddPreparedAsync(table);
}
