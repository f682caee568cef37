using Memento.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Memento;

/// <summary>What can be chosen about the SQLite storage.</summary>
public sealed class SqliteOptions
{
    /// <summary>
    /// When SQLite waits for the disk; <see cref="SqliteSynchronous.Full"/> by default: what is
    /// acknowledged survives a power loss.
    /// </summary>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;

    /// <summary>
    /// How long to wait for another program that holds the file locked, such as an SQL tool, before
    /// the batch fails; from a millisecond to an hour, 5 s by default.
    /// </summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>When SQLite waits for the disk.</summary>
public enum SqliteSynchronous
{
    /// <summary>
    /// Every batch is on the disk before its transactions are acknowledged: they survive a power
    /// loss.
    /// </summary>
    Full = 0,

    /// <summary>
    /// The disk is waited for now and then only. Faster, but what was acknowledged last may be gone
    /// after a power loss or a crash of the operating system; a crash of the process loses nothing,
    /// and the file stays sound either way.
    /// </summary>
    Normal = 1,
}

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
