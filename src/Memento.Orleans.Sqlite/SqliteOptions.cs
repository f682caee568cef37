using Memento.Storage.Sqlite;

namespace Memento;

/// <summary>
/// The options of the SQLite storage. They bind from the configuration section
/// <c>Memento:Sqlite</c>; what the code sets counts over it.
/// </summary>
public sealed class SqliteOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = MementoOptions.Section + ":Sqlite";

    /// <summary>
    /// The connection string, <c>Data Source=movies.db</c>. Null, which is the default: that of
    /// <see cref="MementoOptions.ConnectionString"/>.
    /// </summary>
    public string? ConnectionString { get; set; }

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
        SqliteSettings.From(connectionString, options);
        return Use(builder, set =>
        {
            set.ConnectionString = connectionString;
            configure?.Invoke(set);
        });
    }

    /// <summary>
    /// Keeps disk tables in the SQLite file of the configuration section <c>Memento:Sqlite</c>, or
    /// of <see cref="MementoOptions.ConnectionString"/> where the section names none.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <remarks>
    /// What is wrong in the section is reported when the silo starts, by the error of .NET for
    /// options; a connection string that cannot be used, by a <see cref="StorageException"/>.
    /// </remarks>
    public static IMementoBuilder UseSqlite(this IMementoBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Use(builder, configure: null);
    }

    /// <summary>Like <see cref="UseSqlite(IMementoBuilder)"/>, with options of the code.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets options, over those of the section.</param>
    public static IMementoBuilder UseSqlite(
        this IMementoBuilder builder, Action<SqliteOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        return Use(builder, configure);
    }

    private static IMementoBuilder Use(IMementoBuilder builder, Action<SqliteOptions>? configure)
    {
        SqliteSection.Add(builder.Services, configure);
        return builder.UseStorage(SqliteSection.CreateStorage);
    }
}
