using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Memento.Tests.Samples;

/// <summary>Settings that give a silo two free ports and a database.</summary>
internal static class FreePorts
{
    public static (Dictionary<string, string> Settings, string Gateway) Take()
    {
        // Both are held until both are known, or they could be one.
        using var silo = new TcpListener(IPAddress.Loopback, 0);
        using var gateway = new TcpListener(IPAddress.Loopback, 0);
        silo.Start();
        gateway.Start();
        var settings = new Dictionary<string, string>
        {
            ["Silo__SiloPort"] = PortOf(silo),
            ["Silo__GatewayPort"] = PortOf(gateway),
            ["Memento__ConnectionString"] = "Data Source=silo.db",
        };
        return (settings, $"127.0.0.1:{PortOf(gateway)}");
    }

    private static string PortOf(TcpListener listener)
        => ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
}
