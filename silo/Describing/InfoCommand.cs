using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Runtime.Messaging;

namespace Memento.Silo.Describing;

/// <summary>Asks a running silo, as a client of it, to describe the whole store.</summary>
internal static class InfoCommand
{
    /// <exception cref="SiloConfigurationException">No silo answers.</exception>
    /// <exception cref="MementoException">The silo stopped answering.</exception>
    public static async Task RunAsync(InfoArguments arguments, string[] others)
    {
        IConfiguration configuration = SiloHost.CreateBuilder(others).Configuration;
        SiloOptions options = SiloHost.Bind(configuration);
        Membership membership = await Membership
            .Of(options.Cluster, Storage.Of(configuration, options.Storage)).ConnectAsync();
        IPEndPoint gateway =
            arguments.Gateway ?? new IPEndPoint(membership.Address, options.GatewayPort);
        bool isFound = arguments.Gateway is null && membership.Kind != MembershipKind.None;
        IHost client = Build(membership, isFound ? null : gateway);
        await using var scope = (IAsyncDisposable)client;
        try
        {
            await client.StartAsync();
        }
        catch (Exception failure) when (failure is OrleansException or ConnectionFailedException)
        {
            throw new SiloConfigurationException(
                isFound
                    ? $"No silo of cluster {membership} answers. Start one, or correct "
                        + $"{ClusterSettings.Section}."
                    : $"No silo answers at {gateway}. Name the gateway of one that runs: "
                        + "info --connect 127.0.0.1:30000.",
                failure);
        }

        SystemInfo info = await client.Services.GetRequiredService<IMemento>().InfoAsync();
        if (arguments.IsJson)
            await Console.Out.WriteLineAsync(info.ToJson());
        else
            await InfoReport.WriteAsync(info, Console.Out);
        await client.StopAsync();
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
