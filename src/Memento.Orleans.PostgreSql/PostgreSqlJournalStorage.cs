using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace Memento.Storage.PostgreSql;

/// <summary>
/// Keeps the records of disk tables in a PostgreSQL database, which the silos of a cluster share.
/// Each table is an SQL table <c>(partition, key, doc)</c>, which any SQL tool can read.
/// </summary>
public sealed class PostgreSqlJournalStorage : IJournalStorage
{
    /// <summary>The loads that run at once, each with a connection of its own.</summary>
    private const int MostLoads = 8;

    private readonly PostgreSqlSettings _settings;
    private readonly PostgreSqlWriter _writer;
    private readonly PostgreSqlLeases _leases;
    private readonly SemaphoreSlim _loads = new(MostLoads, MostLoads);
    private bool _isDisposed;

    /// <summary>Makes the storage, and opens nothing yet.</summary>
    /// <param name="connectionString"><c>Host=db;Database=movies;Username=movies</c>.</param>
    /// <param name="options">The options; null uses the defaults.</param>
    /// <exception cref="StorageException">The connection string cannot be used.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public PostgreSqlJournalStorage(string connectionString, PostgreSqlOptions? options = null)
        : this(PostgreSqlSettings.From(connectionString, options ?? new PostgreSqlOptions()))
    {
    }

    /// <summary>Makes the storage, and opens nothing yet.</summary>
    /// <param name="dataSource">The data source, which the caller disposes after it.</param>
    /// <param name="options">The options; null uses the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public PostgreSqlJournalStorage(NpgsqlDataSource dataSource, PostgreSqlOptions? options = null)
        : this(PostgreSqlSettings.From(dataSource, options ?? new PostgreSqlOptions()))
    {
    }

    private PostgreSqlJournalStorage(PostgreSqlSettings settings)
    {
        _settings = settings;
        _writer = new PostgreSqlWriter(settings);
        _leases = new PostgreSqlLeases(settings, _writer);
        Catalog = PostgreSqlCatalog.Describe(settings);
    }

    /// <inheritdoc/>
    public string Description => _settings.Description;

    /// <inheritdoc/>
    public CatalogStorage Catalog { get; }

    /// <inheritdoc/>
    public bool SettlesBatches => true;

    /// <inheritdoc/>
    public ILeaseStorage Leases => _leases;

    /// <summary>The connection that writes, for tests that make it fail.</summary>
    internal PostgreSqlWriter Writer => _writer;

    /// <inheritdoc/>
    public Task OpenAsync(CancellationToken cancellationToken) =>
        _writer.OpenAsync(cancellationToken);

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancellationToken) => ReadAsync(
        "be asked",
        $"SELECT version FROM {_settings.Qualify("memento_store")}",
        null,
        cancellationToken);

    /// <inheritdoc/>
    public async Task<byte[]?> ReadNoteAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        string action = $"read note '{name}'";
        await _writer.SettleAsync(action, cancellationToken).ConfigureAwait(false);
        return (byte[]?)await ReadAsync(
            action,
            $"SELECT convert_to(note::text, 'UTF8') FROM {_settings.Qualify("memento_note")} "
            + "WHERE name = $1",
            name,
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task WriteNoteAsync(string name, byte[] note, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(note);
        return ChangeAsync(
            $"write note '{name}'",
            new NpgsqlBatchCommand(
                $"""
                INSERT INTO {_settings.Qualify("memento_note")} (name, note)
                VALUES ($1, convert_from($2, 'UTF8')::json)
                ON CONFLICT (name) DO UPDATE SET note = excluded.note
                """)
            {
                Parameters =
                {
                    new NpgsqlParameter<string> { TypedValue = name },
                    new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bytea, Value = note },
                },
            },
            static _ => true,
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task CreateTableAsync(string table, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        PostgreSqlSchema.CheckName(_settings, table);
        return ChangeAsync(
            $"create table '{table}'", Call("memento_create", table), static _ => true,
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task DropTableAsync(string table, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        PostgreSqlSchema.CheckName(_settings, table);
        return ChangeAsync(
            $"drop table '{table}'", Call("memento_drop", table), static _ => true,
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<long> RaiseEpochAsync(
        string table, int partition, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        return ChangeAsync(
            $"raise the epoch of partition {partition} of table '{table}'",
            new NpgsqlBatchCommand(
                $"""
                INSERT INTO {_settings.Qualify("memento_epoch")} AS e (name, partition, epoch)
                VALUES ($1, $2, 1)
                ON CONFLICT (name, partition) DO UPDATE SET epoch = e.epoch + 1
                RETURNING epoch
                """)
            {
                Parameters =
                {
                    new NpgsqlParameter<string> { TypedValue = table },
                    new NpgsqlParameter<int> { TypedValue = partition },
                },
            },
            static reader => reader.GetInt64(0),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredRow> LoadAsync(
        string table,
        int partition,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        string action = $"load partition {partition} of table '{table}'";
        await _writer.SettleAsync(action, cancellationToken).ConfigureAwait(false);
        await _loads.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var load = await PostgreSqlLoad.OpenAsync(
                _settings, table, partition, action, cancellationToken).ConfigureAwait(false);
            await using (load.ConfigureAwait(false))
            {
                while (await load.ReadAsync(cancellationToken).ConfigureAwait(false))
                    yield return load.Current;
            }
        }
        finally
        {
            _loads.Release();
        }
    }

    /// <inheritdoc/>
    /// <remarks>A batch that has begun is not cancelled.</remarks>
    public async ValueTask WriteAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        const string action = "write a batch";
        var written = new PostgreSqlBatch(_settings, batch);
        try
        {
            await _writer.RunAsync(
                action,
                PostgreSqlBatch.LastPosition(batch),
                written.Fill,
                static _ => true,
                cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException failure)
        {
            throw await written.TranslateAsync(_writer, failure, action).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The database has the position of this silo's last batch that is in it, and no two batches of
    /// a silo have the same.
    /// </remarks>
    public async ValueTask<bool> SettleAsync(
        JournalBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        long reached = await _writer.SettleAsync("settle a batch in doubt", cancellationToken)
            .ConfigureAwait(false);
        return reached == PostgreSqlBatch.LastPosition(batch);
    }

    /// <inheritdoc/>
    public Task<TransactionOutcome> DecideAsync(
        Guid transactionId, CancellationToken cancellationToken) =>
        ChangeAsync(
            $"decide transaction {transactionId}",
            new NpgsqlBatchCommand($"SELECT {_settings.QuotedSchema}.memento_decide($1)::bigint")
            {
                Parameters = { new NpgsqlParameter<Guid> { TypedValue = transactionId } },
            },
            static reader => (TransactionOutcome)reader.GetInt64(0),
            cancellationToken);

    /// <summary>Closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        await _writer.DisposeAsync().ConfigureAwait(false);
        _settings.Dispose();
    }

    /// <summary>Reads one value, on a connection beside the writer's.</summary>
    private async Task<object?> ReadAsync(
        string action, string text, string? argument, CancellationToken cancellationToken)
    {
        var connection = await _settings.ConnectAsync(action, cancellationToken)
            .ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var command = new NpgsqlCommand(text, connection);
            await using (command.ConfigureAwait(false))
            {
                if (argument is not null)
                    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = argument });
                try
                {
                    return await command.ExecuteScalarAsync(cancellationToken)
                        .ConfigureAwait(false);
                }
                catch (Exception failure) when (PostgreSqlErrors.IsOfDatabase(failure))
                {
                    throw PostgreSqlErrors.Translate(failure, _settings, action);
                }
            }
        }
    }

    private NpgsqlBatchCommand Call(string function, string table) =>
        new($"SELECT {_settings.QuotedSchema}.{function}($1)")
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = table } },
        };

    private async Task<T> ChangeAsync<T>(
        string action,
        NpgsqlBatchCommand change,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken)
    {
        try
        {
            return await _writer.RunAsync(
                action, null, batch => batch.BatchCommands.Add(change), read, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (PostgresException failure)
        {
            throw PostgreSqlErrors.Translate(failure, _settings, action);
        }
    }
}
