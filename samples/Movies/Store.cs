using Memento;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Movies.Tables;
using Orleans.Runtime.Messaging;
using StackExchange.Redis;

namespace Movies;

/// <summary>A connection to a store: a silo in this process, or another silo over TCP.</summary>
internal sealed class Store : IAsyncDisposable
{
    private readonly IAsyncDisposable _owner;

    private Store(IAsyncDisposable owner, IMemento memento, string description)
    {
        _owner = owner;
        Memento = memento;
        Description = description;
    }

    public IMemento Memento { get; }

    /// <summary>The place of the store, for people.</summary>
    public string Description { get; }

    /// <summary>Starts a silo in this process, on a database file.</summary>
    /// <exception cref="StorageException">The file cannot be opened.</exception>
    public static async Task<Store> EmbedAsync(string database, CancellationToken cancellationToken)
    {
        string path = Path.GetFullPath(database);
        string connection =
            new SqliteConnectionStringBuilder { DataSource = path }.ConnectionString;
        MementoHost host = await MementoHost.StartAsync(
            memento => memento.UseSqlite(connection).AddTables(typeof(Movie).Assembly),
            cancellationToken);
        return new Store(host, host.Memento, $"an embedded silo on {path}");
    }

    /// <summary>Connects to silos.</summary>
    /// <exception cref="StoreException">No silo answers.</exception>
    public static async Task<Store> ConnectAsync(
        StoreAddress silos, CancellationToken cancellationToken)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleansClient(client =>
        {
            silos.Use(client);
            client
                .UseConnectionRetryFilter(static (_, _) => Task.FromResult(false))
                .AddMemento(memento => memento.AddTables(typeof(Movie).Assembly));
        });
        var client = new ClientHost(builder.Build());
        try
        {
            await client.StartAsync(cancellationToken);
            return new Store(client, client.Memento, silos.ToString());
        }
        catch (Exception failure) when (failure
            is OrleansException or ConnectionFailedException or RedisException)
        {
            await client.DisposeAsync();
            throw new StoreException(silos.Silence, failure);
        }
    }

    public ValueTask DisposeAsync() => _owner.DisposeAsync();

    private sealed class ClientHost(IHost host) : IAsyncDisposable
    {
        public IMemento Memento => host.Services.GetRequiredService<IMemento>();

        public Task StartAsync(CancellationToken cancellationToken)
            => host.StartAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            await ((IAsyncDisposable)host).DisposeAsync();
        }
    }
}
