using Memento.Journaling;
using Memento.Silos.Members;
using Memento.Storage.Sqlite;
using Memento.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace Memento.Hosting;

/// <summary>
/// The storage of a silo for its disk tables and its catalog: the chosen storage, the default, or
/// none if all tables are in ram.
/// </summary>
internal static class SiloStorage
{
    public static void AddStorage(this IServiceCollection services)
    {
        services.AddSingleton(Create);
        services.AddKeyedSingleton(MementoStorage.Name, CreateCatalog);
        services.AddKeyedSingleton<IGrainStorageSerializer>(
            MementoStorage.Name, new CatalogSerializer());
    }

    private static DurableStorage Create(IServiceProvider services)
    {
        if (services.GetRequiredService<MementoBuilder>().Storage is { } create)
            return new DurableStorage(create(services));

        bool hasDiskTable = services.GetRequiredService<TableRegistry>().Tables
            .Any(static table => table.Storage == TableStorage.Disk);
        return hasDiskTable ? CreateDefault(services) : new DurableStorage(null);
    }

    /// <summary>The default storage: SQLite.</summary>
    private static DurableStorage CreateDefault(IServiceProvider services)
        => new(ActivatorUtilities.CreateInstance<SqliteJournalStorage>(
            services,
            services.GetRequiredService<IOptions<MementoOptions>>().Value.ConnectionString));

    private static IGrainStorage CreateCatalog(IServiceProvider services, object? key)
    {
        string name = (string)key!;
        return services.GetRequiredService<DurableStorage>().Journal is { } journal
            ? new CatalogGrainStorage(
                journal.Catalog.Create(services, name),
                $"{journal.Description}, {journal.Catalog.Description}",
                services)
            : services.GetRequiredService<SharedRam>();
    }
}
