using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Conformance;

/// <summary>One host that the tests of a class share: a silo, and maybe a client of it.</summary>
public abstract class StoreFixture(TableStorage storage, bool isClient) : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private TestSilo? _silo;

    /// <summary>The store as the tests use it.</summary>
    public IMemento Memento { get; private set; } = null!;

    /// <summary>The services beside <see cref="Memento"/>.</summary>
    public IServiceProvider Services { get; private set; } = null!;

    /// <summary>The services of the silo, where the partitions are.</summary>
    public IServiceProvider SiloServices => _silo!.Services;

    public TableStorage Storage { get; } = storage;

    public bool IsClient { get; } = isClient;

    public async ValueTask InitializeAsync()
    {
        _silo = await TestSilo.StartAsync(memento =>
        {
            memento.AddConformanceTables(Storage);
            if (Storage == TableStorage.Disk) memento.UseSqlite(_directory.ConnectionString);
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
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }
}
