using Memento.Storage.PostgreSql;
using Memento.Storage.Sqlite;
using Memento.Tests.PostgreSql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Storage;

namespace Memento.Tests.GrainStorages;

/// <summary>
/// A provider of Orleans, registered as an application does it, in a silo that is never started:
/// only the provider is.
/// </summary>
public abstract class StockProvider : GrainProvider
{
    private const string Name = "log";

    private IHost? _host;

    public sealed override IGrainStorage Storage
        => (_host ??= Start()).Services.GetRequiredKeyedService<IGrainStorage>(Name);

    public override ValueTask DisposeAsync()
    {
        _host?.Dispose();
        return base.DisposeAsync();
    }

    /// <summary>Registers the provider under a name.</summary>
    protected abstract void Add(ISiloBuilder silo, string name);

    private IHost Start()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering();
            Add(silo, Name);
        });
        IHost host = builder.Build();
        var provider = host.Services.GetRequiredKeyedService<IGrainStorage>(Name);
        var lifecycle = new ProviderLifecycle();
        ((ILifecycleParticipant<ISiloLifecycle>)provider).Participate(lifecycle);
        foreach (ILifecycleObserver part in lifecycle.Parts)
            Task.Run(() => part.OnStart(CancellationToken.None)).GetAwaiter().GetResult();
        return host;
    }

    private sealed class ProviderLifecycle : ISiloLifecycle
    {
        public List<ILifecycleObserver> Parts { get; } = [];

        public int HighestCompletedStage => ServiceLifecycleStage.First;

        public int LowestStoppedStage => ServiceLifecycleStage.Last;

        public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
        {
            Parts.Add(observer);
            return NoSubscription.Instance;
        }

        private sealed class NoSubscription : IDisposable
        {
            public static readonly NoSubscription Instance = new();

            public void Dispose()
            {
            }
        }
    }
}

/// <summary>Orleans' stock ADO.NET storage on SQLite, in a file of its own.</summary>
public sealed class AdoNetSqliteProvider : StockProvider
{
    private readonly string _root = Directory.CreateTempSubdirectory("memento-").FullName;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    protected override void Add(ISiloBuilder silo, string name)
    {
        // Orleans has no SQL for SQLite, so the catalog's is taken. A writer sleeps while another
        // one has the file, and on a busy machine may find that it has it again for a long time.
        var settings = SqliteSettings.From(
            $"Data Source={Path.Combine(_root, "log.db")};Default Timeout=300",
            new SqliteOptions());
        using (var schema = SqliteCatalog.Open(settings))
            schema.Begin(Guid.NewGuid(), opening: 1);
        silo.AddAdoNetGrainStorage(name, options =>
        {
            options.Invariant = SqliteCatalog.Invariant;
            options.ConnectionString = SqliteCatalog.ConnectionString(settings);
        });
    }
}

/// <summary>Orleans' stock ADO.NET storage on PostgreSQL, in a database of its own.</summary>
public sealed class AdoNetPostgresProvider : StockProvider
{
    private readonly PostgresServer _server = PostgresServer.Require();
    private readonly string _database = $"grain_{Guid.NewGuid():N}";

    /// <summary>Makes the provider's tables in a database.</summary>
    public static void MakeTables(string connectionString)
    {
        using var settings = PostgreSqlSettings.From(
            connectionString, new PostgreSqlOptions { Schema = "public" });
        using NpgsqlConnection connection = settings.Source.OpenConnection();
        PostgreSqlCatalog.MakeAsync(connection, settings, CancellationToken.None).Wait();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _server.Execute($"DROP DATABASE IF EXISTS {_database} WITH (FORCE)");
    }

    protected override void Add(ISiloBuilder silo, string name)
    {
        _server.Execute($"CREATE DATABASE {_database}");
        MakeTables(_server.ConnectionString(_database));
        silo.AddAdoNetGrainStorage(name, options =>
        {
            options.Invariant = PostgreSqlCatalog.Invariant;
            options.ConnectionString = _server.ConnectionString(_database);
        });
    }
}

/// <summary>Orleans' storage on Redis.</summary>
public sealed class RedisProvider : StockProvider
{
    private readonly RedisServer _server = RedisServer.Require();

    protected override void Add(ISiloBuilder silo, string name)
        => silo.AddRedisGrainStorage(name, options =>
        {
            options.ConfigurationOptions =
                StackExchange.Redis.ConfigurationOptions.Parse(_server.ConnectionString);
            options.DeleteStateOnClear = true;
        });
}
