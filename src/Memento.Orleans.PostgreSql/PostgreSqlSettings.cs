using System.Text;
using Npgsql;

namespace Memento.Storage.PostgreSql;

/// <summary>The database and the schema, checked.</summary>
internal sealed class PostgreSqlSettings : IDisposable
{
    /// <summary>The bytes of a name in PostgreSQL, which cuts longer ones short.</summary>
    public const int MaxNameBytes = 63;

    /// <summary>How long a connection may take, so that a missing server is soon told.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(8);

    /// <summary>
    /// The statements that stay prepared on a connection: an upsert and a deletion of each table
    /// that is in use, and the few of each batch. A pooler may need 0 in the connection string.
    /// </summary>
    public const int PreparedStatements = 64;

    private readonly bool _isOwn;

    private PostgreSqlSettings(NpgsqlDataSource source, bool isOwn, PostgreSqlOptions options)
    {
        Source = source;
        _isOwn = isOwn;
        Schema = options.Schema;
        Durability = options.Durability;
        var connection = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        Description =
            $"PostgreSQL {connection.Host}:{connection.Port}/"
            + $"{connection.Database ?? connection.Username} (schema '{Schema}')";
    }

    public NpgsqlDataSource Source { get; }

    public string Schema { get; }

    public StorageDurability Durability { get; }

    public string QuotedSchema => Quote(Schema);

    public string Description { get; }

    /// <exception cref="StorageException">The connection string cannot be used.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static PostgreSqlSettings From(string connectionString, PostgreSqlOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        Check(options);
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(connectionString);
            connection.ApplicationName ??= "Memento";

            // While Npgsql asks a server whether it takes TLS, it heeds its own limit alone. A
            // program that starts with this has to tell of a missing server within ten seconds.
            if (!connection.ShouldSerialize(nameof(connection.Timeout)))
                connection.Timeout = (int)ConnectTimeout.TotalSeconds - 1;
            if (!connection.ShouldSerialize("Max Auto Prepare"))
                connection.MaxAutoPrepare = PreparedStatements;
            return new PostgreSqlSettings(
                NpgsqlDataSource.Create(connection), isOwn: true, options);
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException
            or FormatException)
        {
            throw new StorageException(
                $"The PostgreSQL connection string cannot be used: {failure.Message} Write for "
                + "example 'Host=db;Database=movies;Username=movies;Password=…'.",
                failure);
        }
    }

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static PostgreSqlSettings From(NpgsqlDataSource source, PostgreSqlOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        Check(options);
        return new PostgreSqlSettings(source, isOwn: false, options);
    }

    public static string Quote(string name) =>
        $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The table's name with its schema, for SQL.</summary>
    public string Qualify(string table) => $"{QuotedSchema}.{Quote(table)}";

    /// <summary>Opens a connection.</summary>
    /// <param name="action">What it is for, for errors: "write a batch".</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StorageException">The server cannot be reached, or refused.</exception>
    public async Task<NpgsqlConnection> ConnectAsync(
        string action, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(ConnectTimeout);
        try
        {
            return await Source.OpenConnectionAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (PostgreSqlErrors.IsOfDatabase(failure)
            || (failure is OperationCanceledException
                && !cancellationToken.IsCancellationRequested))
        {
            throw PostgreSqlErrors.Translate(failure, this, action);
        }
    }

    public void Dispose()
    {
        if (_isOwn) Source.Dispose();
    }

    /// <summary>What is wrong with the options, in words, each by its name.</summary>
    public static IEnumerable<(string Option, string Fault)> WrongOptions(PostgreSqlOptions options)
    {
        if (!Enum.IsDefined(options.Durability))
        {
            yield return (
                nameof(options.Durability),
                $"is {options.Durability}; it must be one of "
                + $"{string.Join(", ", Enum.GetNames<StorageDurability>())}.");
        }

        string schema = options.Schema;
        if (string.IsNullOrEmpty(schema) || schema.Contains('\0')
            || Encoding.UTF8.GetByteCount(schema) > MaxNameBytes
            || schema.StartsWith("pg_", StringComparison.Ordinal))
        {
            yield return (
                nameof(options.Schema),
                $"'{schema}' cannot be the name of a schema in PostgreSQL: it has 1 to "
                + $"{MaxNameBytes} bytes, and does not start with 'pg_'.");
        }
    }

    private static void Check(PostgreSqlOptions options)
    {
        foreach ((string option, string fault) in WrongOptions(options))
        {
            throw option == nameof(options.Durability)
                ? new ArgumentOutOfRangeException(nameof(options), options.Durability, fault)
                : new ArgumentException(fault, nameof(options));
        }
    }
}
