using System.Data;
using Npgsql;

namespace Memento.Storage.PostgreSql;

/// <summary>
/// Reads a partition on a connection of its own. It is one statement, so it shows one moment; the
/// server sends the rows as fast as they are taken. A cursor would take its moment before its lock,
/// and show a table empty that was emptied in between.
/// </summary>
internal sealed class PostgreSqlLoad : IAsyncDisposable
{
    private readonly PostgreSqlSettings _settings;
    private readonly string _table;
    private readonly string _action;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _command;
    private NpgsqlDataReader? _reader;
    private bool _isAtEnd;

    private PostgreSqlLoad(
        PostgreSqlSettings settings, string table, string action, NpgsqlConnection connection)
    {
        _settings = settings;
        _table = table;
        _action = action;
        _connection = connection;
        _command = new NpgsqlCommand(
            $"SELECT key, convert_to(doc::text, 'UTF8') FROM {settings.Qualify(table)} "
            + "WHERE partition = $1 ORDER BY key",
            connection)
        {
            // A load takes as long as its rows take.
            CommandTimeout = 0,
        };
    }

    /// <summary>The row that was read last.</summary>
    public StoredRow Current { get; private set; }

    /// <summary>Begins.</summary>
    /// <exception cref="StorageException">
    /// The partition cannot be read, or the table is missing.
    /// </exception>
    public static async Task<PostgreSqlLoad> OpenAsync(
        PostgreSqlSettings settings,
        string table,
        int partition,
        string action,
        CancellationToken cancellationToken)
    {
        var connection = await settings.ConnectAsync(action, cancellationToken)
            .ConfigureAwait(false);
        var load = new PostgreSqlLoad(settings, table, action, connection);
        try
        {
            load._command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = partition });
            load._reader = await load._command.ExecuteReaderAsync(
                CommandBehavior.SequentialAccess, cancellationToken).ConfigureAwait(false);
            return load;
        }
        catch (Exception failure)
        {
            await load.DisposeAsync().ConfigureAwait(false);
            if (PostgreSqlErrors.IsOfDatabase(failure)) throw load.Translate(failure);
            throw;
        }
    }

    /// <summary>Reads the next row; false at the end.</summary>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await _reader!.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                _isAtEnd = true;
                return false;
            }

            Current = new StoredRow(
                await _reader.GetFieldValueAsync<byte[]>(0, cancellationToken)
                    .ConfigureAwait(false),
                await _reader.GetFieldValueAsync<byte[]>(1, cancellationToken)
                    .ConfigureAwait(false));
            return true;
        }
        catch (Exception failure) when (PostgreSqlErrors.IsOfDatabase(failure))
        {
            throw Translate(failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Otherwise the rest of the rows would be read before the connection is given back.
        if (_reader is not null && !_isAtEnd) _command.Cancel();
        if (_reader is not null) await _reader.DisposeAsync().ConfigureAwait(false);
        await _command.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private StorageException Translate(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable }
            ? new StorageException(
                $"{_settings.Description} has no table '{_table}'. Create it first.", failure)
            : PostgreSqlErrors.Translate(failure, _settings, _action);
}
