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

        // Where the code chooses a storage of SQLite, it has bound them already.
        bool isBound = services.Any(
            static each => each.ServiceType == typeof(IConfigureOptions<SqliteOptions>));
        if (!isBound) SqliteSection.Add(services);
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
        return new DurableStorage(hasDiskTable ? SqliteSection.CreateStorage(services) : null);
    }

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
