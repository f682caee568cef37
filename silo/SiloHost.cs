using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Memento.Silo;

/// <summary>Puts the host together from its configuration.</summary>
internal static class SiloHost
{
    /// <summary>The cluster's and the service's name, which clients give too.</summary>
    public const string ClusterId = "memento";

    /// <exception cref="SiloConfigurationException">A setting is wrong; says which.</exception>
    /// <exception cref="MementoException">A table or the storage is defined wrong.</exception>
    public static IHost Build(string[] args)
    {
        // The settings lie beside the program; a relative database path starts where it is started.
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
        });
        SiloOptions options = Bind(builder.Configuration);
        Ports.Check(options);
        IReadOnlyList<Assembly> assemblies = TableAssemblies.Load(options);
        ConfigureLogging(builder.Logging);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(assemblies);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(
                options.SiloPort, options.GatewayPort, serviceId: ClusterId, clusterId: ClusterId)
            .AddMemento(memento =>
            {
                memento.UseSqlite(Storage.ConnectionString(builder.Configuration));
                foreach (Assembly assembly in assemblies) memento.AddTables(assembly);
            }));
        return builder.Build();
    }

    private static SiloOptions Bind(ConfigurationManager configuration)
    {
        try
        {
            var options = new SiloOptions();
            configuration.GetSection(SiloOptions.Section).Bind(options);

            // Memento reads its own section; here it is only seen to be readable.
            configuration.GetSection(MementoOptions.Section).Bind(new MementoOptions());
            return options;
        }
        catch (InvalidOperationException failure)
        {
            throw new SiloConfigurationException(failure.Message, failure);
        }
    }

    private static void ConfigureLogging(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(static console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });

        // Why it could not start is said once, by this program, and without a stack trace.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddFilter("Orleans.Runtime.SiloLifecycleSubject", LogLevel.None);
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.None);
    }
}
