using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Memento.Storage.Sqlite;

/// <summary>
/// Keeps the records of disk tables in one SQLite file, which belongs to this process while it is
/// open. Each table is an SQL table <c>(partition, key, doc)</c>, which any SQL tool can read.
/// </summary>
public sealed class SqliteJournalStorage : IJournalStorage
{
    private readonly SqliteSettings _settings;
    private readonly SqliteWriter _writer;
    private readonly SqliteBatch _batch;
    private readonly SqliteEpochQueue _epochs;
    private readonly SqliteCleaner _cleaner;
    private readonly Lock _gate = new();
    private SqliteFileLock? _fileLock;
    private SqliteReaders? _readers;
    private SqliteCatalog? _catalog;
    private bool _isOpen;
    private bool _isDisposed;

    /// <summary>Makes the storage, and opens nothing yet.</summary>
    /// <param name="connectionString">
    /// <c>Data Source=movies.db</c>; a relative path starts at the current directory.
    /// </param>
    /// <param name="options">The options; null uses the defaults.</param>
    /// <param name="timeProvider">The clock; null uses the system's clock.</param>
    /// <param name="logger">The log for failures of background work; null writes no log.</param>
    /// <exception cref="StorageException">
    /// The connection string names no file on disk, or opens it read-only.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public SqliteJournalStorage(
        string connectionString,
        SqliteOptions? options = null,
        TimeProvider? timeProvider = null,
        ILogger<SqliteJournalStorage>? logger = null)
        : this(
            SqliteSettings.From(connectionString, options ?? new SqliteOptions()),
            timeProvider ?? TimeProvider.System,
            logger)
    {
    }

    internal SqliteJournalStorage(
        SqliteSettings settings,
        TimeProvider timeProvider,
        ILogger<SqliteJournalStorage>? logger)
    {
        _settings = settings;
        _writer = new SqliteWriter(settings);
        _batch = new SqliteBatch(timeProvider, settings);
        _epochs = new SqliteEpochQueue(_writer, _batch);
        logger ??= NullLogger<SqliteJournalStorage>.Instance;
        _cleaner = new SqliteCleaner(_writer, settings, timeProvider, logger);
        Checkpointer = new SqliteCheckpointer(_writer, settings, logger);
        Catalog = SqliteCatalog.Describe(settings);
    }

    /// <inheritdoc/>
    public string Description => _settings.Description;

    /// <inheritdoc/>
    public CatalogStorage Catalog { get; }

    /// <summary>The connection that writes, for tests that make it fail.</summary>
    internal SqliteWriter Writer => _writer;

    /// <summary>What copies the log, for tests that wait for it.</summary>
    internal SqliteCheckpointer Checkpointer { get; }

    private SqliteReaders Readers =>
        _readers ?? throw new ObjectDisposedException(nameof(SqliteJournalStorage));

    /// <inheritdoc/>
    public Task OpenAsync(CancellationToken cancellationToken) =>
        Task.Run(Open, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>
    /// A connection beside the writer's reads the file. The writer's may be in a batch, and that
    /// may wait for another program.
    /// </remarks>
    public Task CheckAsync(CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                RequireOpen();
                Readers.Read(
                    "be read",
                    static database => database.Scalar("SELECT incarnation FROM memento_journal"));
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<byte[]?> ReadNoteAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Task.Run(
            () =>
            {
                RequireOpen();
                return _writer.Read(
                    $"read note '{name}'", database => SqliteNotes.Read(database, name));
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task WriteNoteAsync(string name, byte[] note, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(note);
        return ChangeAsync(
            $"write note '{name}'",
            database =>
            {
                SqliteNotes.Write(database, name, note);
                return true;
            },
            null,
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task CreateTableAsync(string table, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        return ChangeAsync(
            $"create table '{table}'",
            database =>
            {
                SqliteSchema.CreateTable(database, table, _settings.Path);
                return true;
            },
            null,
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task DropTableAsync(string table, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        return ChangeAsync(
            $"drop table '{table}'",
            database => Drop(database, table),
            isDropped =>
            {
                if (!isDropped) return;
                _batch.KeepTableFenced(table);
                _cleaner.Start();
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<long> RaiseEpochAsync(
        string table, int partition, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        RequireOpen();
        return _epochs.RaiseAsync(table, partition).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredRow> LoadAsync(
        string table,
        int partition,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        string action = $"load partition {partition} of table '{table}'";
        using var load = await Task.Run(
            () => OpenLoad(table, partition, action), cancellationToken);
        while (true)
        {
            foreach (var row in load.Rows)
                yield return row;
            if (load.IsAtEnd) yield break;
            await Task.Run(load.ReadMore, cancellationToken);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Runs to its end before it returns: the journal calls it on a thread of its own. A batch that
    /// has begun is not cancelled.
    /// </remarks>
    public ValueTask WriteAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        cancellationToken.ThrowIfCancellationRequested();
        RequireOpen();
        _writer.Run(
            "write a batch",
            LastPosition(batch),
            database => _batch.Write(database, batch),
            isCleared =>
            {
                if (isCleared) _cleaner.Start();
            });
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public bool SettlesBatches => true;

    /// <inheritdoc/>
    /// <remarks>
    /// The file has the position of the last batch that is in it, and no two batches have the same.
    /// </remarks>
    public ValueTask<bool> SettleAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        cancellationToken.ThrowIfCancellationRequested();
        RequireOpen();
        bool isIn = _writer.Settle("settle a batch in doubt") == LastPosition(batch);
        if (isIn) _cleaner.Start();
        return ValueTask.FromResult(isIn);
    }

    /// <inheritdoc/>
    public Task<TransactionOutcome> DecideAsync(
        Guid transactionId, CancellationToken cancellationToken) =>
        ChangeAsync(
            $"decide transaction {transactionId}",
            database => _batch.Decide(database, transactionId),
            null,
            cancellationToken);

    /// <summary>Closes the file and releases its lock.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
        }

        await _cleaner.StopAsync().ConfigureAwait(false);
        lock (_gate)
            Close();
        _cleaner.Dispose();
    }

    private static long LastPosition(JournalBatch batch) =>
        batch.FirstPosition + batch.Entries.Count - 1;

    private static bool Drop(SqliteDatabase database, string table)
    {
        if (!SqliteSchema.Exists(database, table)) return false;
        database.ForgetStatements();
        SqliteBatch.FenceTable(database, table);
        SqliteTrash.Throw(database, table);
        return true;
    }

    private void Open()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_isOpen) throw new InvalidOperationException($"{Description} is open already.");
            try
            {
                _settings.CheckPath();
                _fileLock = SqliteFileLock.Take(_settings.Path);
                bool hasTrash = false;
                OpenFile(
                    _settings.Path,
                    () => _writer.Open(
                        (database, isNew, opening) =>
                        {
                            JoinCatalog(database, isNew, opening);
                            hasTrash = SqliteTrash.Find(database) is not null;
                        },
                        _batch.LoadEpochs));
                OpenFile(_settings.CatalogPath, () => _catalog!.End());
                _readers = new SqliteReaders(_settings);
                Checkpointer.Start();
                _isOpen = true;
                if (hasTrash) _cleaner.Start();
            }
            catch
            {
                Close();
                throw;
            }
        }
    }

    /// <summary>
    /// Opens the catalog if it belongs to the data, inside the transaction that opens the data.
    /// </summary>
    private void JoinCatalog(SqliteDatabase database, bool isNew, long opening) =>
        OpenFile(
            _settings.CatalogPath,
            () =>
            {
                _catalog = SqliteCatalog.Open(_settings);
                var data = SqliteDataMark.Read(database, isNew, opening);
                Guid identity = SqlitePair.Require(_settings, data, _catalog.ReadMark());
                _catalog.Begin(identity, opening);
                if (data.Identity is null) SqliteDataMark.WriteIdentity(database, identity);
            });

    private void OpenFile(string path, Action open)
    {
        try
        {
            open();
        }
        catch (SqliteException failure)
        {
            throw SqliteErrors.Translate(failure, _settings, path, "be opened");
        }
    }

    private void Close()
    {
        _readers?.Dispose();
        Checkpointer.Dispose();
        _writer.Dispose();
        _catalog?.Dispose();
        _catalog = null;
        _fileLock?.Dispose();
        _fileLock = null;
    }

    private SqliteLoad OpenLoad(string table, int partition, string action)
    {
        RequireOpen();
        _writer.Settle(action);
        return SqliteLoad.Open(_settings, Readers, table, partition, action);
    }

    /// <summary>
    /// Makes a change on a pool thread, because it waits for the disk and for a batch that is being
    /// written.
    /// </summary>
    private Task<T> ChangeAsync<T>(
        string action,
        Func<SqliteDatabase, T> change,
        Action<T>? keep,
        CancellationToken cancellationToken)
    {
        return Task.Run(Change, cancellationToken);

        T Change()
        {
            RequireOpen();
            try
            {
                return _writer.Run(action, null, change, keep);
            }
            catch (BatchInDoubtException failure)
            {
                // A caller may repeat each of these changes, whether or not it was kept.
                throw new StorageException(failure.Message, failure);
            }
        }
    }

    private void RequireOpen()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_isOpen) throw new InvalidOperationException($"{Description} is not open yet.");
    }
}
