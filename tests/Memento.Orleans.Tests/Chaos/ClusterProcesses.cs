using System.Net;
using System.Net.Sockets;
using Memento.CrashChild;

namespace Memento.Tests.Chaos;

/// <summary>Silos as processes on one storage, and clients of them in this process.</summary>
internal sealed class ClusterProcesses(string storage, string place) : IAsyncDisposable
{
    private const int MostStarts = 5;

    private readonly List<SiloProcess> _silos = [];
    private readonly List<TestClient> _clients = [];

    public IReadOnlyList<SiloProcess> Silos => _silos;

    public async Task<SiloProcess> StartAsync()
    {
        for (int attempt = 1; ; attempt++)
        {
            (int siloPort, int gatewayPort) = FindFreePorts();
            try
            {
                SiloProcess silo = await SiloProcess.StartAsync(
                    storage, place, siloPort, gatewayPort);
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

    public async ValueTask DisposeAsync()
    {
        foreach (TestClient client in _clients)
            await client.DisposeAsync();
        foreach (SiloProcess silo in _silos)
            silo.Dispose();
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
