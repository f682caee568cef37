using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Npgsql;
using StackExchange.Redis;

namespace Memento.Silo;

/// <summary>A storage of disk tables.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="ConnectionString">How it is reached.</param>
internal sealed partial record Storage(StorageKind Kind, string ConnectionString)
{
    private const string ConnectionSetting =
        $"{StorageOptions.Section}:{nameof(StorageOptions.ConnectionString)}";

    private static readonly string Kinds = string.Join(", ", Enum.GetNames<StorageKind>());

    /// <summary>The connection to Redis; null before <see cref="ConnectAsync"/>.</summary>
    private IConnectionMultiplexer? Redis { get; init; }

    /// <summary>The storage that the configuration names.</summary>
    /// <exception cref="SiloConfigurationException">It names none.</exception>
    public static Storage Of(IConfiguration configuration, StorageOptions options)
    {
        if (!Enum.TryParse(options.Kind, ignoreCase: true, out StorageKind kind)
            || !Enum.IsDefined(kind))
        {
            throw new SiloConfigurationException(
                $"{StorageOptions.Section}:Kind is '{options.Kind}'. Give one of {Kinds}.");
        }

        return new Storage(kind, options.ConnectionString ?? Default(configuration, kind));
    }

    /// <summary>The storage that a connection string is for.</summary>
    /// <exception cref="SiloConfigurationException">It is for none.</exception>
    public static Storage Of(string connectionString)
    {
        if (RedisAddress().IsMatch(connectionString))
            return new Storage(StorageKind.Redis, connectionString);

        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
            if (parts.ContainsKey("Host") || parts.ContainsKey("Server"))
                return new Storage(StorageKind.PostgreSql, connectionString);
            if (parts.ContainsKey("Data Source") || parts.ContainsKey("Filename"))
                return new Storage(StorageKind.Sqlite, connectionString);
        }
        catch (ArgumentException)
        {
            // Not of the form Key=value: for none, as below.
        }

        throw new SiloConfigurationException(
            "The storage to copy to is not known by its connection string. Give "
            + "\"Host=…;Database=…;Username=…\" for PostgreSQL, \"Data Source=…\" for SQLite, or "
            + "\"host:6379\" for Redis.");
    }

    /// <summary>
    /// Connects to Redis, so that a missing server is told before anything starts.
    /// </summary>
    /// <exception cref="SiloConfigurationException">It cannot be reached.</exception>
    public async Task<Storage> ConnectAsync()
        => Kind == StorageKind.Redis
            ? this with
            {
                Redis = await RedisConnection.OpenAsync(ConnectionString, ConnectionSetting),
            }
            : this;

    /// <summary>
    /// A file of SQLite that is missing would be made, and an empty store be copied.
    /// </summary>
    /// <exception cref="SiloConfigurationException">There is no such file.</exception>
    public void RequireFile()
    {
        if (Kind != StorageKind.Sqlite) return;

        string file = Path.GetFullPath(
            new SqliteConnectionStringBuilder(ConnectionString).DataSource);
        if (!File.Exists(file))
        {
            throw new SiloConfigurationException(
                $"There is no SQLite file {file} to copy from. Name it in "
                + $"{StorageOptions.Section}:ConnectionString.");
        }
    }

    /// <summary>Registers what the storage needs in a silo; before <see cref="Use"/>.</summary>
    public void Register(ISiloBuilder silo)
    {
        if (Redis is not { } redis) return;

        silo.AddRedisGrainStorage(RedisConnection.StorageName, options =>
        {
            options.ConfigurationOptions = RedisConnection.Parse(ConnectionString);
            options.CreateMultiplexer = _ => Task.FromResult((redis, true));
            options.DeleteStateOnClear = true;
        });
    }

    /// <summary>Chooses it in a silo.</summary>
    /// <exception cref="StorageException">The connection string cannot be used.</exception>
    public void Use(IMementoBuilder memento) => _ = Kind switch
    {
        StorageKind.Sqlite => memento.UseSqlite(ConnectionString),
        StorageKind.PostgreSql => memento.UsePostgreSql(ConnectionString),
        StorageKind.Redis => memento.UseGrainStorage(RedisConnection.StorageName),
        _ => throw new InvalidOperationException($"{Kind} is no storage."),
    };

    /// <summary>
    /// The storage for people, without the other parts of its connection string, which may have a
    /// password.
    /// </summary>
    public override string ToString()
    {
        if (Kind == StorageKind.Sqlite)
        {
            return "SQLite " + Path.GetFullPath(
                new SqliteConnectionStringBuilder(ConnectionString).DataSource);
        }

        if (Kind == StorageKind.Redis) return RedisConnection.Describe(ConnectionString);

        var server = new NpgsqlConnectionStringBuilder(ConnectionString);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"PostgreSQL {server.Host}:{server.Port}/{server.Database ?? server.Username}");
    }

    private static string Default(IConfiguration configuration, StorageKind kind)
        => kind switch
        {
            StorageKind.Sqlite =>
                configuration.GetSection(SqliteOptions.Section)[
                    nameof(SqliteOptions.ConnectionString)]
                ?? configuration.GetSection(MementoOptions.Section)[
                    nameof(MementoOptions.ConnectionString)]
                ?? new MementoOptions().ConnectionString,
            StorageKind.PostgreSql =>
                configuration.GetSection(PostgreSqlOptions.Section)[
                    nameof(PostgreSqlOptions.ConnectionString)]
                ?? throw Missing(kind, "Host=localhost;Database=movies;Username=movies"),
            _ => throw Missing(kind, "localhost:6379"),
        };

    private static SiloConfigurationException Missing(StorageKind kind, string example)
        => new(
            $"{ConnectionSetting} is missing, and {kind} needs one, for example \"{example}\".");

    [GeneratedRegex(@"^[^=,\s]+:\d+(,|$)")]
    private static partial Regex RedisAddress();
}
