using Memento.Journaling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Storage;

namespace Memento.Hosting;

/// <summary>
/// Makes Orleans' grain storage for the catalog and the sequences: its ADO.NET provider beside the
/// durable storage, or its memory provider where all tables are in ram.
/// </summary>
internal static class CatalogGrainStorage
{
    /// <summary>
    /// The provider finds its rows by the service's id too. There is one catalog a storage,
    /// whatever the service that opens it is called: under another id, tables would be made again
    /// and numbers given twice.
    /// </summary>
    private const string ServiceId = "memento";

    public static IGrainStorage Create(IServiceProvider services, object? key)
    {
        string name = (string)key!;
        if (services.GetRequiredService<DurableStorage>().Journal is not { } journal)
            return MemoryGrainStorageFactory.Create(services, name);

        var options = new AdoNetGrainStorageOptions
        {
            Invariant = journal.Catalog.Invariant,
            ConnectionString = journal.Catalog.ConnectionString,
            GrainStorageSerializer = new CatalogSerializer(),
        };
        new DefaultAdoNetGrainStorageOptionsHashPickerConfigurator().PostConfigure(name, options);
        var provider = ActivatorUtilities.CreateInstance<AdoNetGrainStorage>(
            services, Options.Create(options), name,
            Options.Create(new ClusterOptions { ServiceId = ServiceId, ClusterId = ServiceId }));
        return new CatalogErrors(provider, journal);
    }
}
