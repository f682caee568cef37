using System.Net;
using Orleans.Configuration;

namespace Memento.Benchmarks.Clusters;

/// <summary>Where a silo of a cluster listens, and how it finds the others.</summary>
/// <param name="SiloPort">The port for other silos.</param>
/// <param name="GatewayPort">The port for clients.</param>
/// <param name="FirstPort">
/// The port of the silo that keeps the membership, where no database does.
/// </param>
internal sealed record SiloPlace(int SiloPort, int GatewayPort, int FirstPort)
{
    private const string Name = "memento-benchmark";

    /// <summary>Finds places for silos on this machine.</summary>
    public static IReadOnlyList<SiloPlace> Find(int count)
    {
        int[] ports = FreePorts.Find(2 * count);
        return
        [
            .. Enumerable.Range(0, count).Select(
                number => new SiloPlace(ports[number], ports[count + number], ports[0])),
        ];
    }

    /// <summary>Lets a silo join the others.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="server">The database that has the membership, if one has.</param>
    public void Use(ISiloBuilder silo, PostgreSqlServer? server)
    {
        if (server is null)
        {
            silo.UseLocalhostClustering(
                SiloPort, GatewayPort, new IPEndPoint(IPAddress.Loopback, FirstPort), Name, Name);
            return;
        }

        silo.UsePostgreSqlClustering(
            server.ConnectionString, options => options.Schema = PostgreSqlServer.Schema);
        silo.Configure<ClusterOptions>(
            static options => options.ClusterId = options.ServiceId = Name);
        silo.ConfigureEndpoints(IPAddress.Loopback, SiloPort, GatewayPort);
    }
}
