using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Memento.CrashChild;

/// <summary>The storages that a silo under load can have, by name.</summary>
public static class CrashStorage
{
    /// <summary>SQLite; the place is the path of the file, and other settings behind it.</summary>
    public const string Sqlite = "sqlite";

    /// <summary>SQLite that does not fsync its batches.</summary>
    public const string SqliteWritten = "sqlite-written";

    /// <summary>PostgreSQL; the place is a connection string.</summary>
    public const string PostgreSql = "postgresql";

    /// <summary>Orleans' grain storage on Redis; the place is a connection string.</summary>
    public const string Redis = "redis";

    /// <summary>
    /// Orleans' ADO.NET grain storage on PostgreSQL; the place is the connection string of a
    /// database that has its tables.
    /// </summary>
    public const string AdoNet = "adonet";

    /// <summary>
    /// A silo that is started again after a kill waits for the end of the lease of the old one.
    /// </summary>
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(1);

    private const string GrainStorage = "log";

    /// <summary>So small that checkpoints are made all the time.</summary>
    private const long CheckpointBytes = 64 << 10;

    /// <summary>Starts a silo with a storage and the tables of the load.</summary>
    public static Task<MementoHost> StartAsync(string storage, string place)
        => MementoHost.StartAsync(
            memento =>
            {
                Use(memento, storage, place);
                memento.Configure(static options => options.LeaseDuration = LeaseDuration);
                CrashTables.AddTo(memento);
            },
            host =>
            {
                if (storage is Redis or AdoNet)
                    host.UseOrleans(silo => AddGrainStorage(silo, storage, place));
            });

    private static void Use(IMementoBuilder memento, string storage, string place)
        => _ = storage switch
        {
            Sqlite => memento.UseSqlite($"Data Source={place}"),
            SqliteWritten => memento.UseSqlite(
                $"Data Source={place}",
                static sqlite => sqlite.Durability = StorageDurability.Written),
            PostgreSql => memento.UsePostgreSql(place),
            Redis or AdoNet => memento.UseGrainStorage(
                GrainStorage, static options => options.CheckpointBytes = CheckpointBytes),
            _ => throw new ArgumentException($"There is no storage '{storage}'.", nameof(storage)),
        };

    private static void AddGrainStorage(ISiloBuilder silo, string storage, string place) => _ =
        storage == Redis
            ? silo.AddRedisGrainStorage(GrainStorage, options =>
            {
                options.ConfigurationOptions = ConfigurationOptions.Parse(place);
                options.DeleteStateOnClear = true;
            })
            : silo.AddAdoNetGrainStorage(GrainStorage, options =>
            {
                options.Invariant = "Npgsql";
                options.ConnectionString = place;
                options.DeleteStateOnClear = true;
            });
}
