using System.Net;
using System.Net.Sockets;
using Memento.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace Memento.Tests.Conformance;

/// <summary>A silo on free ports whose gateway takes clients, and its clients over TCP.</summary>
internal sealed class TestSilo : IAsyncDisposable
{
    private const int PortAttempts = 5;

    private readonly IHost _silo;
    private readonly int _gatewayPort;
    private readonly List<IHost> _clients = [];

    private TestSilo(IHost silo, int gatewayPort)
    {
        _silo = silo;
        _gatewayPort = gatewayPort;
    }

    public IServiceProvider Services => _silo.Services;

    /// <summary>Where clients connect, on the loopback address.</summary>
    public int GatewayPort => _gatewayPort;

    public static async Task<TestSilo> StartAsync(
        Action<IMementoBuilder> configure, Action<ISiloBuilder>? configureSilo = null)
    {
        for (int attempt = 1; ; attempt++)
        {
            int gatewayPort = FindFreePort();
            IHost host = Build(FindFreePort(), gatewayPort, configure, configureSilo);
            try
            {
                await host.StartAsync();
                return new TestSilo(host, gatewayPort);
            }
            catch (Exception exception)
            {
                await FailedStart.CleanUpAsync(host);
                // Another program may have taken a port between the search for it and the listening
                // on it.
                if (attempt == PortAttempts || !IsPortTaken(exception)) throw;
            }
        }
    }

    /// <summary>Starts a client that shares nothing with the silo but the socket.</summary>
    public async Task<IServiceProvider> ConnectAsync(
        Action<IMementoBuilder> configure, Action<IClientBuilder>? configureClient = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleansClient(client =>
        {
            client.UseLocalhostClustering(_gatewayPort);
            client.AddMemento(configure);
            configureClient?.Invoke(client);
        });
        IHost host = builder.Build();
        try
        {
            await host.StartAsync();
        }
        catch
        {
            await FailedStart.CleanUpAsync(host);
            throw;
        }

        _clients.Add(host);
        return host.Services;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IHost client in _clients)
            await StopAsync(client);
        await StopAsync(_silo);
    }

    private static IHost Build(
        int siloPort,
        int gatewayPort,
        Action<IMementoBuilder> configure,
        Action<ISiloBuilder>? configureSilo)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort, gatewayPort);
            silo.Configure<EndpointOptions>(options =>
                options.AdvertisedIPAddress = IPAddress.Loopback);
            silo.AddMemento(configure);
            configureSilo?.Invoke(silo);
        });
        return builder.Build();
    }

    private static async Task StopAsync(IHost host)
    {
        await host.StopAsync();
        await DisposeAsync(host);
    }

    private static async ValueTask DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        else
            host.Dispose();
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool IsPortTaken(Exception exception)
        => exception is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
            || exception.GetType().Name == "AddressInUseException"
            || (exception.InnerException is { } inner && IsPortTaken(inner));
}
