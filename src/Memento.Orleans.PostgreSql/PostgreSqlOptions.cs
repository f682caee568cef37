using Memento.Storage.PostgreSql;
using Npgsql;

namespace Memento;

/// <summary>The options of the PostgreSQL storage.</summary>
public sealed class PostgreSqlOptions
{
    /// <summary>
    /// The schema with the tables, <c>memento</c> by default. It is made if it is missing. Two
    /// stores in one database need two schemas. From 1 to 63 bytes in UTF-8.
    /// </summary>
    public string Schema { get; set; } = "memento";

    /// <summary>
    /// What acknowledged commits survive; <see cref="StorageDurability.Fsynced"/> by default. With
    /// <see cref="StorageDurability.Written"/> batches commit with <c>synchronous_commit</c> off:
    /// it is faster, and a crash of the server, without a power loss too, may take the last
    /// commits. The silo notices that, and refuses every change until it is restarted.
    /// </summary>
    public StorageDurability Durability { get; set; }
}

/// <summary>Keeps disk tables in PostgreSQL.</summary>
public static class PostgreSqlMementoBuilderExtensions
{
    /// <summary>Keeps disk tables in a PostgreSQL database, which must exist.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString"><c>Host=db;Database=movies;Username=movies</c>.</param>
    /// <param name="configure">Sets the options.</param>
    /// <exception cref="StorageException">The connection string cannot be used.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static IMementoBuilder UsePostgreSql(
        this IMementoBuilder builder,
        string connectionString,
        Action<PostgreSqlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = Configure(configure);

        // Read now and not at start-up, so that a mistake is reported at the line of the mistake.
        PostgreSqlSettings.From(connectionString, options).Dispose();
        return builder.UseStorage(_ => new PostgreSqlJournalStorage(connectionString, options));
    }

    /// <summary>
    /// Keeps disk tables in the PostgreSQL database of a data source. The application keeps the
    /// data source, and disposes it after the silo.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="dataSource">The data source.</param>
    /// <param name="configure">Sets the options.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static IMementoBuilder UsePostgreSql(
        this IMementoBuilder builder,
        NpgsqlDataSource dataSource,
        Action<PostgreSqlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dataSource);
        var options = Configure(configure);
        PostgreSqlSettings.From(dataSource, options).Dispose();
        return builder.UseStorage(_ => new PostgreSqlJournalStorage(dataSource, options));
    }

    private static PostgreSqlOptions Configure(Action<PostgreSqlOptions>? configure)
    {
        var options = new PostgreSqlOptions();
        configure?.Invoke(options);
        return options;
    }
}
