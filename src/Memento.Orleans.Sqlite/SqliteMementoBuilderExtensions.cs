using Memento.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Memento;

/// <summary>Keeps disk tables in SQLite.</summary>
public static class SqliteMementoBuilderExtensions
{
    /// <summary>
    /// Keeps disk tables in an SQLite file, which is made where it is missing. The file belongs to
    /// one silo process; a cluster of several silos keeps its tables in PostgreSQL.
    /// </summary>
    /// <param name="builder">What is configured.</param>
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

        // Read now and not at start-up, so that a mistake is reported at the line that has it.
        var settings = SqliteSettings.From(connectionString, options);
        return builder.UseStorage(services => new SqliteJournalStorage(
            settings,
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetService<ILogger<SqliteJournalStorage>>()));
    }
}
