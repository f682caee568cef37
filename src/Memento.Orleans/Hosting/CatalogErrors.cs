using System.Data.Common;
using Memento.Storage;
using Orleans.Storage;

namespace Memento.Hosting;

/// <summary>
/// Lets failures of the provider that keeps the catalog be what all failures of the durable storage
/// are.
/// </summary>
internal sealed class CatalogErrors(IGrainStorage inner, IJournalStorage journal)
    : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle)
        => (inner as ILifecycleParticipant<ISiloLifecycle>)?.Participate(lifecycle);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => TranslateAsync("read", inner.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => TranslateAsync("written", inner.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => TranslateAsync("written", inner.ClearStateAsync(stateName, grainId, grainState));

    private async Task TranslateAsync(string action, Task call)
    {
        try
        {
            await call;
        }
        catch (Exception exception)
            when (exception is DbException or IOException or TimeoutException)
        {
            throw new StorageException(
                $"The catalog of {journal.Description}, {NameOf(journal.Catalog)}, could not be "
                + $"{action}: {exception.Message} Check the disk and whether another program "
                + "changed or locked it, and try again.",
                exception);
        }
    }

    /// <summary>The file or database, without what else a connection string may hold.</summary>
    private static string NameOf(CatalogStorage catalog)
    {
        var connection =
            new DbConnectionStringBuilder { ConnectionString = catalog.ConnectionString };
        return connection.TryGetValue("Data Source", out object? source)
            ? $"{source}"
            : catalog.Invariant;
    }
}
