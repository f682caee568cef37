using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Memento.Silo;

/// <summary>Builds the host from its configuration.</summary>
internal static class SiloHost
{
    /// <summary>The id of the service, under which grain storages keep its state.</summary>
    public const string ServiceId = "memento";

    /// <exception cref="SiloConfigurationException">
    /// A setting is wrong. The message says which.
    /// </exception>
    /// <exception cref="MementoException">
    /// The definition of a table or of the storage is wrong.
    /// </exception>
    public static async Task<IHost> BuildAsync(string[] args)
    {
        HostApplicationBuilder builder = CreateBuilder(args);
        SiloOptions options = Bind(builder.Configuration);
        var chosen = Storage.Of(builder.Configuration, options.Storage);
        var cluster = Membership.Of(options.Cluster, chosen);
        Ports.Check(options, cluster.Address);
        IReadOnlyList<Assembly> assemblies = TableAssemblies.Load(options);
        Storage storage = await chosen.ConnectAsync();
        Membership membership = await cluster.ConnectAsync();
        ConfigureLogging(builder.Logging);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(storage);
        builder.Services.AddSingleton(membership);
        builder.Services.AddSingleton(assemblies);
        if (options.Telemetry) Telemetry.AddConsole(builder);
        builder.UseOrleans(silo =>
        {
            membership.Use(silo, options);
            storage.Register(silo);
            silo.AddMemento(memento =>
            {
                storage.Use(memento);
                foreach (Assembly assembly in assemblies) memento.AddTables(assembly);
            });
        });
        return builder.Build();
    }

    /// <summary>A builder with the settings, which are beside the program.</summary>
    /// <remarks>A relative path of the database starts at the current directory.</remarks>
    public static HostApplicationBuilder CreateBuilder(string[] args)
        => Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
        });

    /// <exception cref="SiloConfigurationException">A setting cannot be read.</exception>
    public static SiloOptions Bind(IConfiguration configuration)
    {
        try
        {
            var options = new SiloOptions();
            configuration.GetSection(SiloOptions.Section).Bind(options);

            // Memento reads its own sections. This only checks that they can be read.
            configuration.GetSection(MementoOptions.Section).Bind(new MementoOptions());
            configuration.GetSection(SqliteOptions.Section).Bind(new SqliteOptions());
            configuration.GetSection(PostgreSqlOptions.Section).Bind(new PostgreSqlOptions());
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

        // This program writes once why it could not start, without a stack trace.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddFilter("Orleans.Runtime.SiloLifecycleSubject", LogLevel.None);
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.None);
    }
}
