using Memento.Benchmarks.Clusters;
using Memento.Journaling;
using Memento.Partitions;
using Memento.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Memento.Benchmarks;

/// <summary>
/// The store under test: a silo in this process, used directly or over TCP by a client.
/// </summary>
internal sealed class BenchmarkTarget : IAsyncDisposable
{
    private readonly IServiceProvider _services;
    private readonly IAsyncDisposable _silo;
    private readonly IHost? _client;

    private BenchmarkTarget(
        IMemento memento, IServiceProvider services, IAsyncDisposable silo, IHost? client)
    {
        Memento = memento;
        Journal = services.GetRequiredService<Journal>();
        _services = services;
        _silo = silo;
        _client = client;
    }

    public IMemento Memento { get; }

    /// <summary>The silo's journal, for how many commits share an fsync.</summary>
    public Journal Journal { get; }

    /// <summary>Starts a silo whose table is in a storage.</summary>
    public static async Task<BenchmarkTarget> StartAsync(
        BenchmarkStorage storage, bool throughClient)
    {
        if (!throughClient)
        {
            MementoHost host = await MementoHost.StartAsync(
                storage.Configure, builder => builder.UseOrleans(storage.AddTo));
            return new BenchmarkTarget(host.Memento, host.Services, host, client: null);
        }

        int[] ports = FreePorts.Find(2);
        IHost silo = await StartSiloAsync(
            storage, each => each.UseLocalhostClustering(ports[0], ports[1]));

        HostApplicationBuilder clientBuilder = Host.CreateEmptyApplicationBuilder(settings: null);
        clientBuilder.UseOrleansClient(client => client
            .UseLocalhostClustering(ports[1])
            .AddMemento(builder => builder.AddTable<Entry>(
                table => table.Storage = storage.Kind)));
        IHost connected = clientBuilder.Build();
        await connected.StartAsync();
        return new BenchmarkTarget(
            connected.Services.GetRequiredService<IMemento>(),
            silo.Services,
            new StoppedHost(silo),
            connected);
    }

    /// <summary>Starts a silo that is one of several.</summary>
    /// <param name="storage">The storage, which all of them have.</param>
    /// <param name="place">Where it listens, and finds the others.</param>
    public static async Task<BenchmarkTarget> JoinAsync(BenchmarkStorage storage, SiloPlace place)
    {
        IHost silo = await StartSiloAsync(storage, each => place.Use(each, storage.Server));
        return new BenchmarkTarget(
            silo.Services.GetRequiredService<IMemento>(),
            silo.Services,
            new StoppedHost(silo),
            client: null);
    }

    /// <summary>The keys whose records are in other silos.</summary>
    public IReadOnlyList<long> FindKeysElsewhere(TableSize size)
    {
        TableDefinition table = _services.GetRequiredService<TableRegistry>().Get<Entry>();
        PartitionDirectory here = _services.GetRequiredService<PartitionDirectory>();
        return
        [
            .. Enumerable.Range(0, size.Records).Select(static key => (long)key).Where(key
                => here.Find(
                    table.Name,
                    table.PartitionOf(table.KeyCodec.EncodeArgument(key))) is null),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await new StoppedHost(_client).DisposeAsync();
        await _silo.DisposeAsync();
    }

    private static async Task<IHost> StartSiloAsync(
        BenchmarkStorage storage, Action<ISiloBuilder> cluster)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleans(silo =>
        {
            storage.AddTo(silo);
            cluster(silo);
            silo.AddMemento(storage.Configure);
        });
        IHost host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private sealed class StoppedHost(IHost host) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
        }
    }
}
