using Microsoft.Data.Sqlite;

namespace Memento.Storage.Sqlite;

/// <summary>
/// The only connection that writes. Every change is one <see cref="Run"/>: a database transaction
/// that is durable when the call returns, or not kept when it throws.
/// </summary>
/// <remarks>
/// After an error of COMMIT, it is open whether the transaction was kept: SQLite may have written
/// all of it to the log and failed to sync the log, and would find it there after a crash. So each
/// transaction carries a stamp (the incarnation of this opening and a number) in the one row of
/// memento_journal. After such an error, the stamp is read back. If it is there, the log is written
/// again and synced, which makes the transaction durable. If it is not there, another transaction
/// is committed over it, so that no crash can bring it back.
/// </remarks>
internal sealed class SqliteWriter : IDisposable
{
    private const int SettleAttempts = 3;

    private const string StampText =
        "UPDATE memento_journal SET incarnation = ?1, batch = ?2, position = ?3";

    private readonly Lock _gate = new();
    private readonly SqliteSettings _settings;
    private SqliteDatabase? _database;
    private Action<SqliteDatabase>? _load;
    private long _incarnation;
    private long _batch;
    private long _position;
    private (long Batch, long Position)? _inDoubt;
    private bool _isClosed;

    public SqliteWriter(SqliteSettings settings) => _settings = settings;

    /// <summary>
    /// Called after each transaction, under the lock, with the pages that it added to the log.
    /// </summary>
    public Action<int>? WhenWritten { get; set; }

    /// <summary>Replaces COMMIT in tests of its failures.</summary>
    internal Action<SqliteDatabase>? CommitForTests { get; set; }

    /// <summary>Tests replace it to watch it, and to make it fail.</summary>
    internal Action<string> WriteLogAgain { get; set; } = SqliteLogFile.WriteAgain;

    /// <summary>
    /// Opens the file, makes the schema if there is none, and begins an incarnation.
    /// </summary>
    /// <param name="join">
    /// Checks that the catalog belongs to the file, and throws if it does not. Its arguments:
    /// whether the file is new, and the number of the new incarnation.
    /// </param>
    /// <param name="load">
    /// Reads the part of the file that is kept in memory. Called again after a commit in doubt.
    /// </param>
    public void Open(Action<SqliteDatabase, bool, long> join, Action<SqliteDatabase> load)
    {
        lock (_gate)
        {
            var database = SqliteDatabase.Open(
                _settings, _settings.Path, SqliteOpenMode.ReadWriteCreate);
            try
            {
                bool isNew = SqliteSchema.IsNew(database, _settings.Path);
                // The catalog's note of the end of the opening may reach the disk only after this
                // commit.
                database.PrepareToWrite(StorageDurability.Fsynced);
                database.LeaveCheckpoints();
                database.Begin();
                if (isNew)
                    SqliteSchema.Create(database);
                else
                    SqliteSchema.Upgrade(database);
                _incarnation = 1 + Require(
                    database.Scalar("SELECT incarnation FROM memento_journal"));
                join(database, isNew, _incarnation);
                Stamp(database, _batch);
                load(database);
                database.Commit();
                database.Synchronise(_settings.Durability);
                _database = database;
                _load = load;
                _isClosed = false;
            }
            catch
            {
                database.Dispose();
                throw;
            }
        }
    }

    /// <summary>Makes a change, durably.</summary>
    /// <param name="action">The name of the change, for errors: "write a batch".</param>
    /// <param name="position">
    /// The journal position that the file reaches with the change, if any.
    /// </param>
    /// <param name="change">Makes the change, inside a transaction.</param>
    /// <param name="keep">Runs when the change is durable, under the same lock.</param>
    /// <exception cref="StorageException">Nothing of the change was kept.</exception>
    /// <exception cref="BatchInDoubtException">
    /// It is not known whether the change was kept.
    /// </exception>
    public T Run<T>(
        string action, long? position, Func<SqliteDatabase, T> change, Action<T>? keep = null)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(SqliteJournalStorage));
            var database = Usable(action);
            T result;
            _batch++;
            try
            {
                database.Begin();
                result = change(database);
                Stamp(database, _batch, position);
            }
            catch (Exception failure)
            {
                Undo(database, failure);
                if (failure is SqliteException refused) throw Refused(refused, action);
                throw;
            }

            Commit(database, action, position ?? _position);
            _position = position ?? _position;
            WhenWritten?.Invoke(_database?.TakeWrittenPages() ?? 0);
            keep?.Invoke(result);
            return result;
        }
    }

    /// <summary>Reads on the writing connection, outside any transaction.</summary>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public T Read<T>(string action, Func<SqliteDatabase, T> read)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(SqliteJournalStorage));
            try
            {
                return read(Usable(action));
            }
            catch (SqliteException failure)
            {
                throw Refused(failure, action);
            }
        }
    }

    /// <summary>Waits until the state of the file is known, so that the file may be read.</summary>
    /// <returns>The journal position that the file has reached.</returns>
    /// <exception cref="StorageException">The state cannot be found out now.</exception>
    public long Settle(string action)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(SqliteJournalStorage));
            if (_inDoubt is not null) Usable(action);
            return _position;
        }
    }

    /// <summary>Does something while nothing is written.</summary>
    public void Hold(Action action)
    {
        lock (_gate)
            action();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Drop();
        }
    }

    private static long Require(long? value) =>
        value ?? throw new InvalidOperationException("memento_journal has no row.");

    private SqliteDatabase Usable(string action)
    {
        // The connection would go on writing into a removed file.
        if (!File.Exists(_settings.Path))
        {
            throw new StorageException(
                $"SQLite {_settings.Path} could not {action}: the file was removed while it was in "
                + "use. Stop the silo, put the file back from a backup, and start again.");
        }

        try
        {
            if (_inDoubt is null) return _database ??= Reopen();
            IsInAfterAll();
            var settled = _database ??= Reopen();
            _load?.Invoke(settled);
            return settled;
        }
        catch (SqliteException failure)
        {
            throw Refused(failure, action);
        }
    }

    private SqliteDatabase Reopen()
    {
        // Never creates a file: an empty one in the place of ours would look like success.
        var database = SqliteDatabase.Open(_settings, _settings.Path, SqliteOpenMode.ReadWrite);
        try
        {
            database.PrepareToWrite(_settings.Durability);
            database.LeaveCheckpoints();
            if (database.Scalar("SELECT incarnation FROM memento_journal") != _incarnation)
            {
                throw new StorageException(
                    $"SQLite {_settings.Path} was replaced by another file while it was in use. "
                    + "Stop the silo, put the right file in place, and start again.");
            }

            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private void Commit(SqliteDatabase database, string action, long position)
    {
        try
        {
            (CommitForTests ?? (static committing => committing.Commit()))(database);
        }
        catch (SqliteException failure)
        {
            if (database.InTransaction)
            {
                // The commit did not even begin: another program had the file locked.
                Undo(database, failure);
                throw Refused(failure, action);
            }

            _inDoubt = (_batch, position);
            bool isIn;
            try
            {
                isIn = IsInAfterAll();
            }
            catch (Exception open) when (open is SqliteException or StorageException)
            {
                var refusal = Refused(failure, action);
                throw new BatchInDoubtException(
                    $"{refusal.Message} Whether it was kept could not be found out either: "
                    + $"{open.Message}",
                    refusal);
            }

            if (!isIn) throw Refused(failure, action);
        }
    }

    /// <summary>Settles a failed commit: durably kept, or gone for good.</summary>
    private bool IsInAfterAll()
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                var database = _database ??= Reopen();
                var (batch, position) = _inDoubt
                    ?? throw new InvalidOperationException("No batch is in doubt.");
                bool isIn = database.Scalar("SELECT batch FROM memento_journal") == batch;
                if (isIn)
                {
                    // No other program may append, or begin the log anew, meanwhile.
                    database.Begin();
                    WriteLogAgain(database.LogPath);
                    database.Rollback();
                    _position = position;
                }
                else
                {
                    database.Begin();
                    Stamp(database, ++_batch);
                    (CommitForTests ?? (static committing => committing.Commit()))(database);
                }

                _inDoubt = null;
                return isIn;
            }
            catch (SqliteException) when (attempt < SettleAttempts)
            {
                Drop();
            }
            catch
            {
                Drop();
                throw;
            }
        }
    }

    private void Stamp(SqliteDatabase database, long batch, long? position = null) =>
        database.Prepared(StampText)
            .Bind(1, _incarnation)
            .Bind(2, batch)
            .Bind(3, position ?? _position)
            .Execute();

    private void Undo(SqliteDatabase database, Exception failure)
    {
        try
        {
            database.Rollback();
        }
        catch (SqliteException)
        {
            Drop();
            return;
        }

        if (failure is SqliteException broken && SqliteErrors.BreaksConnection(broken)) Drop();
    }

    /// <summary>Closes the connection; the next change opens another one.</summary>
    private void Drop()
    {
        _database?.Dispose();
        _database = null;
    }

    private StorageException Refused(SqliteException failure, string action) =>
        SqliteErrors.Translate(failure, _settings, _settings.Path, action);
}
