using Memento.Storage.PostgreSql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;

namespace Memento;

/// <summary>
/// Keeps the membership of a cluster, by which silos and clients find each other, in PostgreSQL,
/// best in the database of the tables.
/// </summary>
/// <remarks>
/// It is Orleans' ADO.NET clustering with the tables and the SQL that it needs. The silos make
/// these at their start, in the schema of the store.
/// </remarks>
public static class PostgreSqlClusteringExtensions
{
    /// <summary>Lets a silo join the cluster whose membership is in a database.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="connectionString"><c>Host=db;Database=movies;Username=movies</c>.</param>
    /// <param name="configure">Sets the schema.</param>
    /// <exception cref="StorageException">The connection string cannot be used.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static ISiloBuilder UsePostgreSqlClustering(
        this ISiloBuilder builder,
        string connectionString,
        Action<PostgreSqlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        Register(builder.Services, connectionString, configure);
        builder.UseAdoNetClustering(static (OptionsBuilder<AdoNetClusteringSiloOptions> options)
            => options.Configure<PostgreSqlMembership>(static (options, membership) =>
            {
                options.Invariant = PostgreSqlCatalog.Invariant;
                options.DataSource = PostgreSqlQueries.SourceOf(membership.Settings);
            }));
        builder.Services.AddSingleton<IMembershipTable, PostgreSqlMembershipTable>();
        return builder;
    }

    /// <summary>Lets a client find the silos of the cluster whose membership is there.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="connectionString"><c>Host=db;Database=movies;Username=movies</c>.</param>
    /// <param name="configure">Sets the schema.</param>
    /// <exception cref="StorageException">The connection string cannot be used.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static IClientBuilder UsePostgreSqlClustering(
        this IClientBuilder builder,
        string connectionString,
        Action<PostgreSqlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        Register(builder.Services, connectionString, configure);
        builder.UseAdoNetClustering(static (OptionsBuilder<AdoNetClusteringClientOptions> options)
            => options.Configure<PostgreSqlMembership>(static (options, membership) =>
            {
                options.Invariant = PostgreSqlCatalog.Invariant;
                options.DataSource = PostgreSqlQueries.SourceOf(membership.Settings);
            }));
        builder.Services.AddSingleton<IGatewayListProvider, PostgreSqlGateways>();
        return builder;
    }

    private static void Register(
        IServiceCollection services,
        string connectionString,
        Action<PostgreSqlOptions>? configure)
    {
        var options = new PostgreSqlOptions();
        configure?.Invoke(options);

        // Read now and not at start-up, so that a mistake is reported at the line of the mistake.
        PostgreSqlSettings.From(connectionString, options).Dispose();
        services.AddSingleton(_ => new PostgreSqlMembership(
            PostgreSqlSettings.From(connectionString, options)));
    }
}
