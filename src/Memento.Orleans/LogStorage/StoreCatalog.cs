using Orleans.Storage;

namespace Memento.LogStorage;

/// <summary>
/// The provider for the catalog and the sequences of one store: the name of the store is in the
/// name of their states too, so that two stores in a grain storage have two catalogs. The silo
/// starts the provider, which is the application's.
/// </summary>
internal sealed class StoreCatalog(IGrainStorage provider, string store) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => provider.ReadStateAsync(NameOf(stateName), grainId, grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => provider.WriteStateAsync(NameOf(stateName), grainId, grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => provider.ClearStateAsync(NameOf(stateName), grainId, grainState);

    private string NameOf(string stateName) => $"{store}.{stateName}";
}
