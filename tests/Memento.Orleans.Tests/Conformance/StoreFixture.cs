using Memento.Tests.Compliance;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Conformance;

/// <summary>One host that the tests of a class share: a silo, and maybe a client of it.</summary>
/// <param name="place">What the tables are kept in; null where they are in ram.</param>
/// <param name="isClient">Whether the tests use the client.</param>
public abstract class StoreFixture(StorageUnderTest? place, bool isClient) : IAsyncLifetime
{
    private TestSilo? _silo;

    /// <summary>The store as the tests use it.</summary>
    public IMemento Memento { get; private set; } = null!;

    /// <summary>The services beside <see cref="Memento"/>.</summary>
    public IServiceProvider Services { get; private set; } = null!;

    /// <summary>The services of the silo, where the partitions are.</summary>
    public IServiceProvider SiloServices => _silo!.Services;

    public TableStorage Storage { get; } =
        place is null ? TableStorage.Ram : TableStorage.Disk;

    public bool IsClient { get; } = isClient;

    public async ValueTask InitializeAsync()
    {
        _silo = await TestSilo.StartAsync(memento =>
        {
            memento.AddConformanceTables(Storage);
            place?.Use(memento);
        });
        Services = IsClient
            ? await _silo.ConnectAsync(memento => memento.AddConformanceTables(Storage))
            : _silo.Services;
        Memento = Services.GetRequiredService<IMemento>();
    }

    /// <summary>Connects a client that shares nothing with the others.</summary>
    public async Task<IMemento> ConnectAsync()
        => (await _silo!.ConnectAsync(memento => memento.AddConformanceTables(Storage)))
            .GetRequiredService<IMemento>();

    public async ValueTask DisposeAsync()
    {
        if (_silo is not null) await _silo.DisposeAsync();
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
