using System.Net;
using System.Net.Sockets;
using Memento.Journaling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Memento.Benchmarks;

/// <summary>
/// The store under test: a silo in this process, used directly or over TCP by a client.
/// </summary>
internal sealed class BenchmarkTarget : IAsyncDisposable
{
    private readonly IAsyncDisposable _silo;
    private readonly IHost? _client;

    private BenchmarkTarget(
        IMemento memento, Journal journal, IAsyncDisposable silo, IHost? client)
    {
        Memento = memento;
        Journal = journal;
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
        void Configure(IMementoBuilder builder)
        {
            builder.AddTable<Entry>(table => table.Storage = storage.Kind);
            storage.Use(builder);
        }

        if (!throughClient)
        {
            MementoHost host = await MementoHost.StartAsync(
                Configure, builder => builder.UseOrleans(storage.AddTo));
            return new BenchmarkTarget(
                host.Memento, host.Services.GetRequiredService<Journal>(), host, client: null);
        }

        (int siloPort, int gatewayPort) = FindFreePorts();
        HostApplicationBuilder siloBuilder = Host.CreateEmptyApplicationBuilder(settings: null);
        siloBuilder.UseOrleans(silo =>
        {
            storage.AddTo(silo);
            silo.UseLocalhostClustering(siloPort, gatewayPort).AddMemento(Configure);
        });
        IHost silo = siloBuilder.Build();
        await silo.StartAsync();

        HostApplicationBuilder clientBuilder = Host.CreateEmptyApplicationBuilder(settings: null);
        clientBuilder.UseOrleansClient(client => client
            .UseLocalhostClustering(gatewayPort)
            .AddMemento(builder => builder.AddTable<Entry>(
                table => table.Storage = storage.Kind)));
        IHost connected = clientBuilder.Build();
        await connected.StartAsync();
        return new BenchmarkTarget(
            connected.Services.GetRequiredService<IMemento>(),
            silo.Services.GetRequiredService<Journal>(),
            new StoppedHost(silo),
            connected);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await new StoppedHost(_client).DisposeAsync();
        await _silo.DisposeAsync();
    }

    private static (int Silo, int Gateway) FindFreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
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
