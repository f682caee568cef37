using Memento.Storage;
using Memento.Storage.PostgreSql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Memento;

/// <summary>
/// The options of the PostgreSQL storage. They bind from the configuration section
/// <c>Memento:PostgreSql</c>; what the code sets counts over it.
/// </summary>
public sealed class PostgreSqlOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = MementoOptions.Section + ":PostgreSql";

    /// <summary>
    /// The connection string, <c>Host=db;Database=movies;Username=movies</c>. It has no default: it
    /// is in the section, or given to <c>UsePostgreSql</c>.
    /// </summary>
    public string? ConnectionString { get; set; }

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

        // Read now and not at start-up, so that a mistake is reported at the line of the mistake.
        PostgreSqlSettings.From(connectionString, Configure(configure)).Dispose();
        return Use(builder, set =>
        {
            set.ConnectionString = connectionString;
            configure?.Invoke(set);
        });
    }

    /// <summary>
    /// Keeps disk tables in the PostgreSQL database of the configuration section
    /// <c>Memento:PostgreSql</c>; the database must exist.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <remarks>
    /// What is wrong in the section is reported when the silo starts, by the error of .NET for
    /// options; a connection string that is missing or cannot be used, by a
    /// <see cref="StorageException"/>.
    /// </remarks>
    public static IMementoBuilder UsePostgreSql(this IMementoBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Use(builder, configure: null);
    }

    /// <summary>
    /// Like <see cref="UsePostgreSql(IMementoBuilder)"/>, with options of the code.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets options, over those of the section.</param>
    public static IMementoBuilder UsePostgreSql(
        this IMementoBuilder builder, Action<PostgreSqlOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        return Use(builder, configure);
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
        PostgreSqlSettings.From(dataSource, Configure(configure)).Dispose();
        Bind(builder, configure);
        return builder.UseStorage(
            services => new PostgreSqlJournalStorage(dataSource, OptionsOf(services)));
    }

    private static IMementoBuilder Use(
        IMementoBuilder builder, Action<PostgreSqlOptions>? configure)
    {
        Bind(builder, configure);
        return builder.UseStorage(static services =>
        {
            PostgreSqlOptions options = OptionsOf(services);
            return new PostgreSqlJournalStorage(
                options.ConnectionString ?? throw new StorageException(
                    $"{PostgreSqlOptions.Section}:ConnectionString is missing, and the code gives "
                    + "none. Write for example 'Host=db;Database=movies;Username=movies'."),
                options);
        });
    }

    private static void Bind(IMementoBuilder builder, Action<PostgreSqlOptions>? configure)
        => StorageSection.Add(
            builder.Services,
            PostgreSqlOptions.Section,
            configure,
            PostgreSqlSettings.WrongOptions);

    private static PostgreSqlOptions OptionsOf(IServiceProvider services)
        => services.GetRequiredService<IOptions<PostgreSqlOptions>>().Value;

    private static PostgreSqlOptions Configure(Action<PostgreSqlOptions>? configure)
    {
        var options = new PostgreSqlOptions();
        configure?.Invoke(options);
        return options;
    }
}
