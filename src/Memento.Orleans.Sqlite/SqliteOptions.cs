using Memento.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Memento;

/// <summary>The options of the SQLite storage.</summary>
public sealed class SqliteOptions
{
    /// <summary>
    /// What acknowledged commits survive; <see cref="StorageDurability.Fsynced"/> by default. With
    /// <see cref="StorageDurability.Written"/> a batch is not fsynced: it is faster, and a power
    /// loss may take the last commits. The file stays sound in every case.
    /// </summary>
    public StorageDurability Durability { get; set; }

    /// <summary>
    /// How long a batch waits while another program, such as an SQL tool, has the file locked,
    /// before the batch fails: from a millisecond to an hour; 5 s by default.
    /// </summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Keeps disk tables in SQLite.</summary>
public static class SqliteMementoBuilderExtensions
{
    /// <summary>
    /// Keeps disk tables in an SQLite file, which is made if it is missing. The file belongs to one
    /// silo process.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">
    /// <c>Data Source=movies.db</c>; a relative path starts at the current directory.
    /// </param>
    /// <param name="configure">Sets the options.</param>
    /// <exception cref="StorageException">
    /// The connection string names no file on disk, or opens it read-only.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static IMementoBuilder UseSqlite(
        this IMementoBuilder builder,
        string connectionString,
        Action<SqliteOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new SqliteOptions();
        configure?.Invoke(options);

        // Read now and not at start-up, so that a mistake is reported at the line of the mistake.
        var settings = SqliteSettings.From(connectionString, options);
        return builder.UseStorage(services => new SqliteJournalStorage(
            settings,
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetService<ILogger<SqliteJournalStorage>>()));
    }
}
