using Memento.Tests.Clusters;
using Memento.Tests.Compliance;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Conformance;

/// <summary>The silos that the tests of a class share, and maybe a client of them.</summary>
/// <param name="place">What the tables are kept in; null where they are in ram.</param>
/// <param name="isClient">Whether the tests use the client; otherwise the first silo.</param>
/// <param name="silos">How many silos.</param>
public abstract class StoreFixture(StorageUnderTest? place, bool isClient, int silos = 1)
    : IAsyncLifetime
{
    private SiloCluster? _cluster;

    /// <summary>The store as the tests use it.</summary>
    public IMemento Memento { get; private set; } = null!;

    /// <summary>The services beside <see cref="Memento"/>.</summary>
    public IServiceProvider Services { get; private set; } = null!;

    /// <summary>The store in a silo; of several, in another than the tests use.</summary>
    public IMemento OtherSilo => Cluster.Silos[^1].Memento;

    public TableStorage Storage { get; } =
        place is null ? TableStorage.Ram : TableStorage.Disk;

    public bool IsClient { get; } = isClient;

    /// <summary>The silos, where the partitions are.</summary>
    internal SiloCluster Cluster => _cluster!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await SiloCluster.StartAsync(
            silos, memento => memento.AddConformanceTables(Storage), place);
        Services = IsClient ? (await _cluster.ConnectAsync()).Services : _cluster.Silos[0].Services;
        Memento = Services.GetRequiredService<IMemento>();
    }

    /// <summary>
    /// Whether a record is in another process than the tests use, so that calls are messages.
    /// </summary>
    public async Task<bool> IsElsewhereAsync<T>(object key)
        where T : class
        => IsClient || await Cluster.SiloOfAsync<T>(key) != Cluster.Silos[0];

    /// <summary>Connects a client that shares nothing with the others.</summary>
    public async Task<IMemento> ConnectAsync() => (await Cluster.ConnectAsync()).Memento;

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        if (place is not null) await place.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>A silo with a storage.</summary>
public sealed class SiloFixture<TStorage>() : StoreFixture(new TStorage(), isClient: false)
    where TStorage : StorageUnderTest, new();

/// <summary>A silo with a storage, and a client of it.</summary>
public sealed class ClientFixture<TStorage>() : StoreFixture(new TStorage(), isClient: true)
    where TStorage : StorageUnderTest, new();
