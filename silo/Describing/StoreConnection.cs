using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Runtime.Messaging;

namespace Memento.Silo.Describing;

/// <summary>A connection of a command to a running store, as a client of it.</summary>
internal sealed class StoreConnection : IAsyncDisposable
{
    private const string Connect = "--connect";

    private readonly IHost _client;

    private StoreConnection(IHost client) => _client = client;

    public IMemento Memento => _client.Services.GetRequiredService<IMemento>();

    /// <summary>
    /// Takes the gateway of a silo from the arguments; null: the one that the settings name, on
    /// this machine.
    /// </summary>
    /// <exception cref="SiloConfigurationException">The gateway is none.</exception>
    public static IPEndPoint? TakeGateway(List<string> arguments)
    {
        if (arguments.IndexOf(Connect) is not (>= 0 and int place)) return null;

        string? text = arguments.ElementAtOrDefault(place + 1);
        string? address = text?.Replace(
            "localhost:", "127.0.0.1:", StringComparison.OrdinalIgnoreCase);
        if (!IPEndPoint.TryParse(address ?? "", out IPEndPoint? gateway) || gateway.Port == 0)
        {
            throw new SiloConfigurationException(
                $"{Connect} needs the gateway of a silo, an IP address and a port: "
                + $"{Connect} 127.0.0.1:30000. It got '{text}'.");
        }

        arguments.RemoveRange(place, 2);
        return gateway;
    }

    /// <param name="gateway">The gateway of a silo; null: the one of the settings.</param>
    /// <param name="settings">The other arguments.</param>
    /// <param name="command">The command, for the error.</param>
    /// <exception cref="SiloConfigurationException">No silo answers.</exception>
    public static async Task<StoreConnection> OpenAsync(
        IPEndPoint? gateway, string[] settings, string command)
    {
        IConfiguration configuration = SiloHost.CreateBuilder(settings).Configuration;
        SiloOptions options = SiloHost.Bind(configuration);
        Membership membership = await Membership
            .Of(options.Cluster, Storage.Of(configuration, options.Storage)).ConnectAsync();
        bool isFound = gateway is null && membership.Kind != MembershipKind.None;
        gateway ??= new IPEndPoint(membership.Address, options.GatewayPort);
        IHost client = Build(membership, isFound ? null : gateway);
        try
        {
            await client.StartAsync();
        }
        catch (Exception failure) when (failure is OrleansException or ConnectionFailedException)
        {
            client.Dispose();
            throw new SiloConfigurationException(
                isFound
                    ? $"No silo of cluster {membership} answers. Start one, or correct "
                        + $"{ClusterSettings.Section}."
                    : $"No silo answers at {gateway}. Name the gateway of one that runs: "
                        + $"{command} --connect 127.0.0.1:30000.",
                failure);
        }

        return new StoreConnection(client);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.StopAsync();
        await ((IAsyncDisposable)_client).DisposeAsync();
    }

    /// <param name="membership">The cluster.</param>
    /// <param name="gateway">The silo to ask; null: any that the membership names.</param>
    private static IHost Build(Membership membership, IPEndPoint? gateway)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleansClient(client =>
        {
            if (gateway is null)
                membership.Find(client);
            else
                client.UseStaticClustering(gateway);
            client
                .UseConnectionRetryFilter(static (_, _) => Task.FromResult(false))
                .Configure<ClusterOptions>(membership.Name)
                .AddMemento();
        });
        return builder.Build();
    }
}
