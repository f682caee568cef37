using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Storage;

namespace Memento.Storage.AdoNet;

/// <summary>
/// Orleans' ADO.NET grain storage for the catalog. This file is the same for every database: the
/// project of another storage that has an ADO.NET provider can compile it too.
/// </summary>
internal static class AdoNetCatalog
{
    /// <summary>
    /// The provider also finds its rows by the id of the service. A storage has one catalog,
    /// whatever the name of the service that opens it. Under another id, tables would be made
    /// again, and numbers given twice.
    /// </summary>
    private const string ServiceId = "memento";

    /// <summary>The provider on a database that has its schema.</summary>
    /// <param name="description">The file or database, for people.</param>
    /// <param name="invariant">The ADO.NET invariant, such as <c>System.Data.SQLite</c>.</param>
    /// <param name="connectionString">The connection string.</param>
    public static CatalogStorage Describe(
        string description, string invariant, string connectionString) =>
        new(description, (services, name) => Create(
            services,
            name,
            new AdoNetGrainStorageOptions
            {
                Invariant = invariant,
                ConnectionString = connectionString,
            }));

    /// <summary>The provider on a database that has its schema.</summary>
    /// <param name="description">The file or database, for people.</param>
    /// <param name="invariant">The ADO.NET invariant, such as <c>Npgsql</c>.</param>
    /// <param name="source">Opens the connections.</param>
    public static CatalogStorage Describe(
        string description, string invariant, DbDataSource source) =>
        new(description, (services, name) => Create(
            services,
            name,
            new AdoNetGrainStorageOptions { Invariant = invariant, DataSource = source }));

    private static AdoNetGrainStorage Create(
        IServiceProvider services, string name, AdoNetGrainStorageOptions options)
    {
        options.GrainStorageSerializer =
            services.GetRequiredKeyedService<IGrainStorageSerializer>(name);
        new DefaultAdoNetGrainStorageOptionsHashPickerConfigurator().PostConfigure(name, options);
        return ActivatorUtilities.CreateInstance<AdoNetGrainStorage>(
            services,
            Options.Create(options),
            name,
            Options.Create(new ClusterOptions { ServiceId = ServiceId, ClusterId = ServiceId }));
    }
}
