using Microsoft.Data.Sqlite;

namespace Memento.Storage.Sqlite;

/// <summary>
/// The path of the file and how to open it: a connection string and options, checked.
/// </summary>
internal sealed class SqliteSettings
{
    private static readonly TimeSpan MinBusyTimeout = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxBusyTimeout = TimeSpan.FromHours(1);

    private readonly SqliteConnectionStringBuilder _connection;

    private SqliteSettings(
        SqliteConnectionStringBuilder connection, string path, SqliteOptions options)
    {
        _connection = connection;
        Path = path;
        Durability = options.Durability;
        BusyTimeout = options.BusyTimeout;
    }

    /// <summary>The absolute path of the file, behind symbolic links.</summary>
    public string Path { get; }

    /// <summary>
    /// The catalog's file, beside the main one: <c>movies.db</c> has movies.catalog.db.
    /// </summary>
    public string CatalogPath => System.IO.Path.ChangeExtension(Path, ".catalog.db");

    public StorageDurability Durability { get; }

    public TimeSpan BusyTimeout { get; }

    /// <summary>Whether the file is made if it is missing.</summary>
    public bool MakesFile => _connection.Mode == SqliteOpenMode.ReadWriteCreate;

    public string Description => $"SQLite {Path}";

    /// <exception cref="StorageException">
    /// It names no file on disk, or opens it read-only.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static SqliteSettings From(string connectionString, SqliteOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BusyTimeout, MinBusyTimeout);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BusyTimeout, MaxBusyTimeout);
        if (!Enum.IsDefined(options.Durability))
            throw new ArgumentOutOfRangeException(nameof(options), options.Durability, null);

        var connection = Parse(connectionString);
        Check(connection);
        return new SqliteSettings(connection, Resolve(connection.DataSource), options);
    }

    /// <summary>What is wrong with the options, in words, each by its name.</summary>
    public static IEnumerable<(string Option, string Fault)> WrongOptions(SqliteOptions options)
    {
        if (options.BusyTimeout < MinBusyTimeout || options.BusyTimeout > MaxBusyTimeout)
        {
            yield return (
                nameof(options.BusyTimeout),
                $"is {options.BusyTimeout}; it must be at least {MinBusyTimeout} and at most "
                + $"{MaxBusyTimeout}.");
        }

        if (!Enum.IsDefined(options.Durability))
        {
            yield return (
                nameof(options.Durability),
                $"is {options.Durability}; it must be one of "
                + $"{string.Join(", ", Enum.GetNames<StorageDurability>())}.");
        }

        if (options.ConnectionString is { } given && string.IsNullOrWhiteSpace(given))
        {
            yield return (
                nameof(options.ConnectionString),
                "is empty; give one, or leave it out for that of Memento:ConnectionString.");
        }
    }

    /// <summary>
    /// Refuses a missing directory. It is mostly a disk that is not mounted, or a misspelt path:
    /// records in a new directory would not be where they are expected.
    /// </summary>
    /// <exception cref="StorageException">The file cannot be opened or made.</exception>
    public void CheckPath()
    {
        if (Directory.Exists(Path))
        {
            throw new StorageException(
                $"SQLite {Path} cannot be opened: it is a directory. Name a file in it.");
        }

        string directory = System.IO.Path.GetDirectoryName(Path)!;
        if (!Directory.Exists(directory))
        {
            throw new StorageException(
                $"SQLite {Path} cannot be opened, because the directory does not exist. "
                + $"Make {directory}, mount the disk that has it, or correct the path.");
        }

        if (!MakesFile && !File.Exists(Path))
        {
            throw new StorageException(
                $"SQLite {Path} cannot be opened: there is no such file, and Mode=ReadWrite in the "
                + "connection string makes none. Correct the path, or leave 'Mode' out.");
        }
    }

    /// <summary>
    /// A connection string to a file of this storage, with the other settings of the user.
    /// </summary>
    public string ConnectionString(string path, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder(_connection.ConnectionString)
        {
            DataSource = path,
            Mode = mode,
            Cache = SqliteCacheMode.Private,
            // A pool would keep files open after their lock was released.
            Pooling = false,
            // How long Orleans' provider waits for a locked catalog. Its default of 30 s is longer
            // than its caller waits.
            DefaultTimeout = (int)Math.Ceiling(BusyTimeout.TotalSeconds),
        }.ConnectionString;

    private static SqliteConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            return new SqliteConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException failure)
        {
            throw new StorageException(
                $"The SQLite connection string cannot be read: {failure.Message} Write for example "
                + "'Data Source=movies.db'.",
                failure);
        }
    }

    private static void Check(SqliteConnectionStringBuilder connection)
    {
        string source = connection.DataSource;
        if (connection.Mode == SqliteOpenMode.Memory
            || source.Contains(":memory:", StringComparison.OrdinalIgnoreCase))
        {
            throw new StorageException(
                $"The SQLite connection string for '{source}' names a database in memory, where a "
                + "disk table would not be on disk. Name a file ('Data Source=movies.db'), or keep "
                + "the tables in memory with Storage = TableStorage.Ram.");
        }

        if (string.IsNullOrWhiteSpace(source))
        {
            throw new StorageException(
                "The SQLite connection string names no file ('Data Source'). Write for example "
                + "'Data Source=movies.db'.");
        }

        if (source.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            throw new StorageException(
                $"The SQLite connection string for '{source}' names its file as a URI, which is "
                + "not supported. Write the path itself: 'Data Source=/data/movies.db'.");
        }

        if (connection.Mode == SqliteOpenMode.ReadOnly)
        {
            throw new StorageException(
                $"The SQLite connection string for '{source}' opens the file read-only, but "
                + "Memento writes to it. Leave 'Mode' out.");
        }
    }

    private static string Resolve(string source)
    {
        try
        {
            string path = System.IO.Path.GetFullPath(source);

            // Two names of one file must lead to one lock file. SQLite names its files by the
            // target too.
            var file = new FileInfo(path);
            return file.LinkTarget is null
                ? path
                : file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception failure) when (failure is ArgumentException or IOException
            or NotSupportedException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"The SQLite connection string names '{source}', which leads to no file: "
                + $"{failure.Message} Write for example 'Data Source=movies.db'.",
                failure);
        }
    }
}
