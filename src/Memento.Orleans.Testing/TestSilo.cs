using System.Net;
using System.Net.Sockets;
using Memento.Hosting;
using Memento.Partitions;
using Memento.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace Memento;

/// <summary>
/// A silo of a <see cref="MementoTestCluster"/>: a host of its own, which the other silos and the
/// clients reach over TCP.
/// </summary>
public sealed class TestSilo
{
    private const int PortAttempts = 5;

    /// <summary>
    /// How long Orleans waits for its own messages between silos. A stop of a silo may wait for so
    /// long for another one that has just ended (30 seconds by Orleans' default).
    /// </summary>
    private static readonly TimeSpan SystemPatience = TimeSpan.FromSeconds(10);

    private readonly IHost _silo;
    private readonly int _gatewayPort;
    private readonly List<TestClient> _clients = [];

    private TestSilo(IHost silo, int gatewayPort)
    {
        _silo = silo;
        _gatewayPort = gatewayPort;
        Memento = Services.GetRequiredService<IMemento>();
        Address = Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        Directory = Services.GetRequiredService<PartitionDirectory>();
    }

    /// <summary>The store inside the silo, as its grains have it.</summary>
    public IMemento Memento { get; }

    /// <summary>The services of the silo.</summary>
    public IServiceProvider Services => _silo.Services;

    /// <summary>The address by which Orleans knows the silo.</summary>
    public SiloAddress Address { get; }

    /// <summary>The partitions that are open in the silo.</summary>
    internal PartitionDirectory Directory { get; }

    /// <summary>Where clients connect, on the loopback address.</summary>
    internal int GatewayPort => _gatewayPort;

    /// <summary>The address of the silo.</summary>
    public override string ToString() => Address.ToString();

    /// <summary>Starts a silo.</summary>
    /// <param name="configure">Registers its tables, and chooses the storage.</param>
    /// <param name="configureSilo">Configures it further.</param>
    /// <param name="cluster">The cluster that it joins; null: it is alone.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    internal static async Task<TestSilo> StartAsync(
        Action<IMementoBuilder> configure,
        Action<ISiloBuilder>? configureSilo = null,
        MemoryMembership? cluster = null,
        CancellationToken cancellationToken = default)
    {
        for (int attempt = 1; ; attempt++)
        {
            int gatewayPort = FindFreePort();
            IHost host = Build(FindFreePort(), gatewayPort, configure, configureSilo, cluster);
            try
            {
                await host.StartAsync(cancellationToken);
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
    internal async Task<IServiceProvider> ConnectAsync(
        Action<IMementoBuilder> configure, Action<IClientBuilder>? configureClient = null)
    {
        TestClient connected = await TestClient.StartAsync(configure, client =>
        {
            client.UseLocalhostClustering(_gatewayPort);
            configureClient?.Invoke(client);
        });
        _clients.Add(connected);
        return connected.Services;
    }

    /// <summary>Stops the silo as a deployment does, and the clients of it alone.</summary>
    internal async ValueTask DisposeAsync()
    {
        foreach (TestClient client in _clients)
            await client.DisposeAsync();
        await _silo.StopAsync();
        await DisposeAsync(_silo);
    }

    /// <summary>Ends the silo without letting it finish anything. Its clients go on.</summary>
    internal async Task KillAsync()
    {
        await _silo.StopAsync(new CancellationToken(canceled: true));
        await DisposeAsync(_silo);
    }

    private static IHost Build(
        int siloPort,
        int gatewayPort,
        Action<IMementoBuilder> configure,
        Action<ISiloBuilder>? configureSilo,
        MemoryMembership? cluster)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleans(silo =>
        {
            if (cluster is null)
                silo.UseLocalhostClustering(siloPort, gatewayPort);
            else
                cluster.Use(silo);
            silo.Configure<EndpointOptions>(options =>
            {
                options.AdvertisedIPAddress = IPAddress.Loopback;
                options.SiloPort = siloPort;
                options.GatewayPort = gatewayPort;
            });
            silo.Configure<SiloMessagingOptions>(
                static options => options.SystemResponseTimeout = SystemPatience);
            silo.AddMemento(configure);
            configureSilo?.Invoke(silo);
        });
        return builder.Build();
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
