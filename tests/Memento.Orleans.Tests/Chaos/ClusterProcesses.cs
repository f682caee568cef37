using System.Net;
using System.Net.Sockets;
using Memento.CrashChild;
using Microsoft.Extensions.Hosting;

namespace Memento.Tests.Chaos;

/// <summary>
/// Silos as processes on one storage, and clients of them in this process. The silos reach each
/// other by wires of this process.
/// </summary>
internal sealed class ClusterProcesses(string storage, string place) : IAsyncDisposable
{
    private const int MostStarts = 5;

    private readonly List<SiloProcess> _silos = [];
    private readonly List<SiloWire> _wires = [];
    private readonly WireCuts _cuts = new();
    private readonly List<TestClient> _clients = [];
    private readonly List<IHost> _others = [];

    public IReadOnlyList<SiloProcess> Silos => _silos;

    public async Task<SiloProcess> StartAsync()
    {
        for (int attempt = 1; ; attempt++)
        {
            (int listeningPort, int gatewayPort) = FindFreePorts();
            var wire = new SiloWire(_cuts, listeningPort);
            _wires.Add(wire);
            try
            {
                SiloProcess silo = await SiloProcess.StartAsync(
                    storage, place, wire.Port, gatewayPort, listeningPort);
                _silos.Add(silo);
                return silo;
            }
            catch (InvalidOperationException error) when (attempt < MostStarts
                && error.Message.Contains("Address already in use", StringComparison.Ordinal))
            {
                // A connection has got the port meanwhile.
            }
        }
    }

    /// <summary>
    /// Cuts a silo off from others: they send each other nothing that arrives. What was sent
    /// arrives when it ends, as with a network that sends again what it has lost.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="others">The others; if it is not all of them, the rest reaches both.</param>
    /// <param name="breaks">Whether the connections that there are end with the cut.</param>
    public IDisposable Cut(SiloProcess silo, IReadOnlyList<SiloProcess> others, bool breaks)
    {
        foreach (SiloProcess each in others.Append(silo))
            each.MayBeTakenForDead();
        return _cuts.Cut([.. others.Select(each => (silo.Port, each.Port))], breaks);
    }

    public async Task KillAsync(SiloProcess silo)
    {
        _silos.Remove(silo);
        await silo.KillAsync();
        silo.Dispose();
    }

    public async Task StopAsync(SiloProcess silo)
    {
        _silos.Remove(silo);
        await silo.StopAsync();
        silo.Dispose();
    }

    /// <summary>Puts another silo in the place of each.</summary>
    /// <param name="kills">Whether they are killed, and not stopped as a deployment does.</param>
    public async Task ReplaceAllAsync(bool kills)
    {
        foreach (SiloProcess each in _silos.ToArray())
        {
            await StartAsync();
            await (kills ? KillAsync(each) : StopAsync(each));
        }
    }

    /// <summary>Forgets the silos that have ended by themselves.</summary>
    public int RemoveEnded()
    {
        SiloProcess[] ended = [.. _silos.Where(static each => each.HasEnded)];
        foreach (SiloProcess each in ended)
        {
            _silos.Remove(each);
            each.Dispose();
        }

        return ended.Length;
    }

    public async Task<TestClient> ConnectAsync()
    {
        TestClient client = await TestClient.StartAsync(
            ClusterTables.AddTo,
            builder => ClusterSilo.UseMembership(builder, storage, place));
        _clients.Add(client);
        return client;
    }

    /// <summary>Connects a client that has Orleans alone, with its transactions.</summary>
    public async Task<IServiceProvider> ConnectWithoutStoreAsync()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleansClient(client =>
        {
            ClusterSilo.UseMembership(client, storage, place);
            client.UseTransactions();
        });
        IHost host = builder.Build();
        _others.Add(host);
        await host.StartAsync();
        return host.Services;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TestClient client in _clients)
            await client.DisposeAsync();
        foreach (IHost other in _others)
        {
            await other.StopAsync();
            await ((IAsyncDisposable)other).DisposeAsync();
        }

        foreach (SiloProcess silo in _silos)
            silo.Dispose();
        foreach (SiloWire wire in _wires)
            await wire.DisposeAsync();
    }

    private static (int Silo, int Gateway) FindFreePorts()
    {
        using var silo = new TcpListener(IPAddress.Loopback, 0);
        using var gateway = new TcpListener(IPAddress.Loopback, 0);
        silo.Start();
        gateway.Start();
        return (
            ((IPEndPoint)silo.LocalEndpoint).Port, ((IPEndPoint)gateway.LocalEndpoint).Port);
    }
}
