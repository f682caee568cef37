using Memento.Catalog;
using Memento.Commit.Mixed;

namespace Memento.Silos;

/// <inheritdoc cref="IDecisionTable"/>
internal sealed class DecisionTable(CatalogCopy catalog, IGrainFactory grains) : IDecisionTable
{
    public bool Exists => catalog.Image is { HasDecisions: true };

    public Task EnsureAsync()
        => Exists
            ? Task.CompletedTask
            : grains.GetGrain<ICatalogGrain>(CatalogGrain.Key).AddDecisionsAsync();
}
