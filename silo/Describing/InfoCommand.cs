using System.Net;
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
        SiloOptions options = SiloHost.Bind(SiloHost.CreateBuilder(others).Configuration);
        IPEndPoint gateway =
            arguments.Gateway ?? new IPEndPoint(IPAddress.Loopback, options.GatewayPort);
        IHost client = Build(gateway);
        await using var scope = (IAsyncDisposable)client;
        try
        {
            await client.StartAsync();
        }
        catch (Exception failure) when (failure is OrleansException or ConnectionFailedException)
        {
            throw new SiloConfigurationException(
                $"No silo answers at {gateway}. Name the gateway of one that runs: "
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

    private static IHost Build(IPEndPoint gateway)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleansClient(client => client
            .UseStaticClustering(gateway)
            .UseConnectionRetryFilter(static (_, _) => Task.FromResult(false))
            .Configure<ClusterOptions>(static cluster =>
                cluster.ClusterId = cluster.ServiceId = SiloHost.ClusterId)
            .AddMemento());
        return builder.Build();
    }
}
