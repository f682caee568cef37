using Memento.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Memento;

/// <summary>The options of the SQLite storage.</summary>
public sealed class SqliteOptions
{
    /// <summary>
    /// When SQLite waits for the disk. <see cref="SqliteSynchronous.Full"/> by default:
    /// acknowledged commits survive a power loss.
    /// </summary>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;

    /// <summary>
    /// How long a batch waits while another program, such as an SQL tool, has the file locked,
    /// before the batch fails: from a millisecond to an hour; 5 s by default.
    /// </summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>When SQLite waits for the disk.</summary>
public enum SqliteSynchronous
{
    /// <summary>
    /// Every batch is on the disk before its transactions are acknowledged. They survive a power
    /// loss.
    /// </summary>
    Full = 0,

    /// <summary>
    /// SQLite does not wait for the disk at each batch. It is faster, but the last acknowledged
    /// commits may be gone after a power loss or a crash of the operating system. A crash of the
    /// process loses nothing. The file stays sound in every case.
    /// </summary>
    Normal = 1,
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
