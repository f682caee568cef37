using Memento.Storage.PostgreSql;
using Npgsql;
using StackExchange.Redis;

namespace Memento.Benchmarks;

/// <summary>Where the table under test is.</summary>
/// <param name="name">Its name, one of <see cref="Names"/>.</param>
/// <param name="directory">Where a SQLite file, or a server's data, may be.</param>
/// <param name="postgreSql">The server; null if no table is there.</param>
/// <param name="redis">The server; null if no table is there.</param>
internal sealed class BenchmarkStorage(
    string name, string directory, PostgreSqlServer? postgreSql, RedisServer? redis)
{
    public const string Ram = "ram";
    public const string Disk = "disk";
    public const string PostgreSql = "postgresql";

    /// <summary>Orleans' grain storage on Redis.</summary>
    public const string Redis = "redis";

    /// <summary>Orleans' ADO.NET grain storage on PostgreSQL.</summary>
    public const string AdoNet = "adonet";

    /// <summary>The name of the grain storage in the silo.</summary>
    public const string GrainStorage = "benchmark";

    public static IReadOnlyList<string> Names { get; } = [Ram, Disk, PostgreSql, Redis, AdoNet];

    /// <summary>Those that several silos are measured on.</summary>
    public static IReadOnlyList<string> OfClusters { get; } = [Ram, PostgreSql];

    public string Name => name;

    public string Directory => directory;

    public bool IsDurable => name != Ram;

    public TableStorage Kind => IsDurable ? TableStorage.Disk : TableStorage.Ram;

    /// <summary>Whether it is a grain storage, where stock transactions can be too.</summary>
    public bool IsGrainStorage => name is Redis or AdoNet;

    /// <summary>The server, where it is a bare loop's too.</summary>
    public PostgreSqlServer? Server => name == PostgreSql ? postgreSql : null;

    /// <summary>Registers the table, and chooses the storage.</summary>
    public void Configure(IMementoBuilder builder)
    {
        builder.AddTable<Entry>(table => table.Storage = Kind);
        if (name == Disk)
            builder.UseSqlite($"Data Source={Path.Combine(directory, "benchmark.db")}");
        if (name == PostgreSql)
        {
            builder.UsePostgreSql(
                postgreSql!.ConnectionString, options => options.Schema = PostgreSqlServer.Schema);
        }

        if (IsGrainStorage) builder.UseGrainStorage(GrainStorage);
    }

    /// <summary>Adds the grain storage to a silo, if it is one.</summary>
    public void AddTo(ISiloBuilder silo)
    {
        if (redis is not null)
        {
            silo.AddRedisGrainStorage(GrainStorage, options =>
            {
                options.ConfigurationOptions = ConfigurationOptions.Parse(redis.ConnectionString);
                options.DeleteStateOnClear = true;
            });
        }

        if (name == AdoNet)
        {
            silo.AddAdoNetGrainStorage(GrainStorage, options =>
            {
                options.Invariant = PostgreSqlCatalog.Invariant;
                options.ConnectionString = postgreSql!.ConnectionString;
                options.DeleteStateOnClear = true;
            });
        }
    }

    /// <summary>
    /// Makes the tables of Orleans' ADO.NET storage, whose package has no scripts.
    /// </summary>
    public async Task PrepareAsync()
    {
        if (name != AdoNet) return;

        using var settings = PostgreSqlSettings.From(
            postgreSql!.ConnectionString, new PostgreSqlOptions { Schema = "public" });
        await using NpgsqlConnection connection = await settings.Source.OpenConnectionAsync();
        await PostgreSqlCatalog.MakeAsync(connection, settings, CancellationToken.None);
    }
}
