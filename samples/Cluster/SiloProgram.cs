using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Memento;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Cluster;

/// <summary>A silo in a process of its own, which the demonstration starts.</summary>
internal static class SiloProgram
{
    /// <summary>The first argument of a process that is a silo.</summary>
    public const string Command = "silo";

    /// <summary>What a silo says when it serves.</summary>
    public const string Serving = "serving";

    /// <summary>Serves until its input ends, which is so when the parent dies, too.</summary>
    /// <param name="arguments">Its name, and its ports for silos and for clients.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        // Ctrl+C reaches all processes of the terminal. The parent stops its silos itself.
        using var interrupt = PosixSignalRegistration.Create(
            PosixSignal.SIGINT, static signal => signal.Cancel = true);
        try
        {
            using IHost host = Build(
                Place.FromEnvironment(), arguments[0], Port(arguments[1]), Port(arguments[2]));
            await host.StartAsync();
            await Console.Out.WriteLineAsync(Serving);
            await Console.In.ReadToEndAsync();
            await host.StopAsync();
            return 0;
        }
        catch (MementoException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
    }

    private static IHost Build(Place place, string name, int siloPort, int gatewayPort)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(
            static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<IHostLifetime, ParentLifetime>();
        builder.UseOrleans(silo =>
        {
            place.Use(silo);
            silo.Configure<SiloOptions>(options => options.SiloName = name);
            silo.ConfigureEndpoints(IPAddress.Loopback, siloPort, gatewayPort);
        });
        return builder.Build();
    }

    private static int Port(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Leaves the signals of the terminal alone.</summary>
    private sealed class ParentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
