using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using StackExchange.Redis;

namespace Memento.CrashChild;

/// <summary>
/// A silo of a cluster of processes. It says that it is ready, and stops as a deployment does when
/// its standard input ends: so it does not outlive its parent either.
/// </summary>
public static class ClusterSilo
{
    /// <summary>The first argument of the program.</summary>
    public const string Mode = "cluster";

    /// <summary>
    /// How many bytes a silo sends first on a connection to another one: the port by which the
    /// others know it, the low byte first.
    /// </summary>
    public const int NameLength = sizeof(int);

    private const string GrainStorage = "log";

    /// <summary>Runs a silo.</summary>
    /// <param name="arguments">
    /// The storage by name, its place, the port by which other silos know it, the port of its
    /// gateway, and the port where it listens for other silos.
    /// </param>
    /// <param name="output">Gets a line when it serves.</param>
    public static async Task RunAsync(IReadOnlyList<string> arguments, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(output);
        (string storage, string place) = (arguments[0], arguments[1]);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Logging.AddFilter(static level => level >= LogLevel.Warning);
        builder.Logging.AddConsole(static options =>
            options.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.UseOrleans(silo =>
        {
            UsePorts(silo, PortOf(arguments[2]), PortOf(arguments[3]), PortOf(arguments[4]));
            if (storage == CrashStorage.Redis)
                UseRedis(silo, place);
            else
                silo.UsePostgreSqlClustering(place);
            ClusterGrains.AddTo(silo, storage, place);
            silo.AddMemento(memento =>
            {
                if (storage == CrashStorage.Redis)
                    memento.UseGrainStorage(GrainStorage);
                else
                    memento.UsePostgreSql(place);
                ClusterTables.AddTo(memento);
            });
        });
        using IHost host = builder.Build();
        await host.StartAsync();
        await output.WriteLineAsync("ready");
        await Console.In.ReadToEndAsync();
        await host.StopAsync();
    }

    /// <summary>Lets a client find the silos.</summary>
    public static void UseMembership(IClientBuilder client, string storage, string place)
    {
        if (storage == CrashStorage.Redis)
        {
            client.UseRedisClustering(options =>
                options.ConfigurationOptions = ConfigurationOptions.Parse(place));
        }
        else
        {
            client.UsePostgreSqlClustering(place);
        }
    }

    /// <summary>
    /// The others reach the silo by a wire of the test, and it says first on each of its own
    /// connections who it is.
    /// </summary>
    private static void UsePorts(ISiloBuilder silo, int port, int gatewayPort, int listeningPort)
    {
        silo.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = IPAddress.Loopback;
            options.SiloPort = port;
            options.GatewayPort = gatewayPort;
            options.SiloListeningEndpoint = new IPEndPoint(IPAddress.Loopback, listeningPort);
        });
        silo.Configure<SiloConnectionOptions>(options => options.ConfigureSiloOutboundConnection(
            connections => connections.Use(next => async connection =>
            {
                byte[] name = new byte[NameLength];
                BinaryPrimitives.WriteInt32LittleEndian(name, port);
                await connection.Transport.Output.WriteAsync(name);
                await next(connection);
            })));
    }

    private static void UseRedis(ISiloBuilder silo, string place)
    {
        silo.UseRedisClustering(options =>
            options.ConfigurationOptions = ConfigurationOptions.Parse(place));
        silo.AddRedisGrainStorage(GrainStorage, options =>
        {
            options.ConfigurationOptions = ConfigurationOptions.Parse(place);
            options.DeleteStateOnClear = true;
        });
    }

    private static int PortOf(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
