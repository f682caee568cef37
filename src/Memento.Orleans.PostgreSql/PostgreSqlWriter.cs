using System.Data;
using Npgsql;
using NpgsqlTypes;

namespace Memento.Storage.PostgreSql;

/// <summary>
/// The only connection that writes. Every change is one <see cref="RunAsync{T}"/>: a database
/// transaction in one round trip, which is durable when the call returns, or not kept when it
/// throws.
/// </summary>
/// <remarks>
/// If the connection is lost, it is open whether the transaction was kept; the server may even
/// receive it later. So each transaction carries a number, and raises the number in the row of this
/// silo in memento_writer. To settle, another connection raises that number beyond the lost one.
/// That waits for a transaction that is under way, and refuses one that comes later. Then the
/// journal position beside the number says what was kept.
/// </remarks>
internal sealed class PostgreSqlWriter(PostgreSqlSettings settings) : IAsyncDisposable
{
    private const int Attempts = 3;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private NpgsqlConnection? _connection;
    private long _number;
    private long _position;
    private bool _isInDoubt;
    private bool _isOpen;
    private bool _isClosed;

    /// <summary>This run of this silo.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>
    /// Replaces COMMIT in tests of its failures. Gets what commits; the rest of the transaction was
    /// sent.
    /// </summary>
    internal Func<Func<Task>, Task>? CommitForTests { get; set; }

    /// <summary>Makes the schema if there is none, and the row of this silo.</summary>
    /// <exception cref="StorageException">The database cannot be used.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(PostgreSqlJournalStorage));
            if (_isOpen)
                throw new InvalidOperationException($"{settings.Description} is open already.");
            _connection = await settings.ConnectAsync("be opened", cancellationToken)
                .ConfigureAwait(false);
            try
            {
                await PostgreSqlPooler.RequireSessionAsync(_connection, settings, cancellationToken)
                    .ConfigureAwait(false);
                await ExecuteAsync(_connection, Begin, cancellationToken).ConfigureAwait(false);
                await PostgreSqlSchema.MakeAsync(_connection, settings, cancellationToken)
                    .ConfigureAwait(false);
                await RegisterAsync(_connection, cancellationToken).ConfigureAwait(false);
                await ExecuteAsync(_connection, Commit, cancellationToken).ConfigureAwait(false);
                _isOpen = true;
            }
            catch (Exception failure)
            {
                await DropAsync().ConfigureAwait(false);
                if (PostgreSqlErrors.IsOfDatabase(failure))
                    throw PostgreSqlErrors.Translate(failure, settings, "be opened");
                throw;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Makes a change, durably.</summary>
    /// <param name="action">The name of the change, for errors: "write a batch".</param>
    /// <param name="position">
    /// The journal position that the database reaches with the change, if any.
    /// </param>
    /// <param name="fill">Adds the commands of the change.</param>
    /// <param name="read">
    /// Reads a row; the last row of the last command with rows counts.
    /// </param>
    /// <param name="cancellationToken">
    /// Ends the wait for other changes. A change that has begun is not cancelled.
    /// </param>
    /// <exception cref="StorageException">Nothing of the change was kept.</exception>
    /// <exception cref="BatchInDoubtException">
    /// It is not known whether the change was kept.
    /// </exception>
    /// <exception cref="PostgresException">
    /// The server refused the change itself, of which nothing was kept.
    /// </exception>
    public async Task<T> RunAsync<T>(
        string action,
        long? position,
        Action<NpgsqlBatch> fill,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                var connection = await UsableAsync(action, cancellationToken)
                    .ConfigureAwait(false);
                try
                {
                    return await ChangeAsync(connection, position, fill, read)
                        .ConfigureAwait(false);
                }
                catch (Exception failure) when (PostgreSqlErrors.IsAnswer(failure))
                {
                    await UndoAsync(connection, (PostgresException)failure).ConfigureAwait(false);
                    if (PostgreSqlErrors.IsOfConcurrency(failure) && attempt < Attempts) continue;
                    throw;
                }
                catch (Exception failure) when (PostgreSqlErrors.IsOfDatabase(failure))
                {
                    await SettleLostAsync(failure, position, action).ConfigureAwait(false);
                    if (position is not null && _position == position) return default!;
                    throw PostgreSqlErrors.Translate(failure, settings, action);
                }
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Waits until it is known what was kept.</summary>
    /// <returns>The journal position that the database has reached.</returns>
    /// <exception cref="StorageException">It cannot be found out now.</exception>
    public async Task<long> SettleAsync(string action, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            RequireOpen();
            if (_isInDoubt) await UsableAsync(action, cancellationToken).ConfigureAwait(false);
            return _position;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Does something on the connection that is rolled back afterwards.</summary>
    public async Task<T> TryOutAsync<T>(string action, Func<NpgsqlConnection, Task<T>> tryOut)
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            var connection = await UsableAsync(action, CancellationToken.None)
                .ConfigureAwait(false);
            try
            {
                await ExecuteAsync(connection, Begin, CancellationToken.None)
                    .ConfigureAwait(false);
                T result = await tryOut(connection).ConfigureAwait(false);
                await ExecuteAsync(connection, Rollback, CancellationToken.None)
                    .ConfigureAwait(false);
                return result;
            }
            catch (Exception failure)
            {
                await DropAsync().ConfigureAwait(false);
                if (PostgreSqlErrors.IsOfDatabase(failure))
                    throw PostgreSqlErrors.Translate(failure, settings, action);
                throw;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            _isClosed = true;
            await DropAsync().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    // Whatever the default of the database is. Of "read-only" the default counts: a database is set
    // so before its disk is full, or where it is not the primary any more.
    private const string Begin = "BEGIN ISOLATION LEVEL READ COMMITTED";
    private const string Commit = "COMMIT";
    private const string DoNotWait = "SET LOCAL synchronous_commit = off";
    private const string Rollback = "ROLLBACK";

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, string text, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(text, connection);
        await using (command.ConfigureAwait(false))
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private void RequireOpen()
    {
        ObjectDisposedException.ThrowIf(_isClosed, typeof(PostgreSqlJournalStorage));
        if (!_isOpen)
            throw new InvalidOperationException($"{settings.Description} is not open yet.");
    }

    private async Task RegisterAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Rows of silos that ended long ago; one that still runs has written something in a year.
        await ExecuteAsync(
            connection,
            $"""
            DELETE FROM {settings.Qualify("memento_writer")} WHERE at < now() - interval '1 year';
            DELETE FROM {settings.Qualify("memento_lease")} WHERE at < now() - interval '1 day';
            INSERT INTO {settings.Qualify("memento_writer")} VALUES ('{Id}', 0, 0, now())
            """,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<NpgsqlConnection> UsableAsync(
        string action, CancellationToken cancellationToken)
    {
        RequireOpen();
        if (!_isInDoubt && _connection is { State: ConnectionState.Open }) return _connection;

        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await AskAsync(action).ConfigureAwait(false);
        }
        catch (Exception failure) when (PostgreSqlErrors.IsOfDatabase(failure))
        {
            throw PostgreSqlErrors.Translate(failure, settings, action);
        }
    }

    private async Task<T> ChangeAsync<T>(
        NpgsqlConnection connection,
        long? position,
        Action<NpgsqlBatch> fill,
        Func<NpgsqlDataReader, T> read)
    {
        var commit = CommitForTests;
        var batch = new NpgsqlBatch(connection);
        await using (batch.ConfigureAwait(false))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Begin));
            batch.BatchCommands.Add(BeginChange(position));
            if (position is not null && settings.Durability == StorageDurability.Written)
                batch.BatchCommands.Add(new NpgsqlBatchCommand(DoNotWait));
            fill(batch);
            if (commit is null) batch.BatchCommands.Add(new NpgsqlBatchCommand(Commit));
            T result = default!;
            var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                // Of each command that has a result; the first one is the beginning's.
                do
                {
                    while (await reader.ReadAsync().ConfigureAwait(false))
                        result = read(reader);
                }
                while (await reader.NextResultAsync().ConfigureAwait(false));
            }

            if (commit is not null)
            {
                await commit(() => ExecuteAsync(connection, Commit, CancellationToken.None))
                    .ConfigureAwait(false);
            }

            if (position is not null) _position = position.Value;
            return result;
        }
    }

    private NpgsqlBatchCommand BeginChange(long? position)
    {
        var command = new NpgsqlBatchCommand(
            $"SELECT {settings.QuotedSchema}.memento_begin($1, $2, $3)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Id });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = ++_number });
        command.Parameters.Add(new NpgsqlParameter
        {
            NpgsqlDbType = NpgsqlDbType.Bigint,
            Value = position is null ? DBNull.Value : position.Value,
        });
        return command;
    }

    /// <summary>
    /// Finds out at once whether a lost change was kept, if the server can be asked.
    /// </summary>
    private async Task SettleLostAsync(Exception lost, long? position, string action)
    {
        _isInDoubt = true;
        await DropAsync().ConfigureAwait(false);
        try
        {
            await AskAsync(action).ConfigureAwait(false);
        }
        catch (Exception open) when (PostgreSqlErrors.IsOfDatabase(open)
            || open is StorageException)
        {
            var failure = PostgreSqlErrors.Translate(lost, settings, action);
            if (position is null) throw failure;
            throw new BatchInDoubtException(
                $"{failure.Message} Whether it was kept could not be found out either: "
                + $"{open.Message}",
                failure);
        }
    }

    /// <summary>
    /// Connects anew, raises the number beyond a lost change, and reads what was kept.
    /// </summary>
    private async Task<NpgsqlConnection> AskAsync(string action)
    {
        await DropAsync().ConfigureAwait(false);
        var connection = await settings.ConnectAsync(action, CancellationToken.None)
            .ConfigureAwait(false);
        _connection = connection;
        try
        {
            long reached = await ChangeAsync(
                connection, null, static _ => { }, static reader => reader.GetInt64(0))
                .ConfigureAwait(false);
            RequireKept(reached);
            _position = reached;
            _isInDoubt = false;
            return connection;
        }
        catch (Exception failure)
        {
            await DropAsync(failure).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Otherwise the records in memory are newer than those of the server, for good.
    /// </summary>
    private void RequireKept(long reached)
    {
        if (reached >= _position) return;
        throw new StorageException(
            $"{settings.Description} has lost commits that it had acknowledged: it was restored, "
            + "or failed over to a standby that lagged, or crashed without fsync. Restart the "
            + "silo, which then goes on with what the database has.");
    }

    private async Task UndoAsync(NpgsqlConnection connection, PostgresException failure)
    {
        if (PostgreSqlErrors.IsReadOnly(failure)
            || connection.State != ConnectionState.Open)
        {
            // After some errors, a full disk among them, Npgsql has closed the connection itself.
            await DropAsync(failure).ConfigureAwait(false);
            return;
        }

        try
        {
            await ExecuteAsync(connection, Rollback, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception broken) when (PostgreSqlErrors.IsOfDatabase(broken))
        {
            await DropAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes the connection; the next change opens another one.</summary>
    private async Task DropAsync(Exception? because = null)
    {
        var connection = _connection;
        _connection = null;
        if (connection is null) return;

        // Of a read-only server no session is kept: the next one may lead to the new primary, or
        // begin when the server is not read-only any more.
        if (because is PostgresException failure && PostgreSqlErrors.IsReadOnly(failure))
            settings.Source.Clear();
        await connection.DisposeAsync().ConfigureAwait(false);
    }
}
