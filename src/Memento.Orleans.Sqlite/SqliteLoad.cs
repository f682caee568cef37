using Microsoft.Data.Sqlite;

namespace Memento.Storage.Sqlite;

/// <summary>
/// Reads a partition, on a connection beside the writer's. It is one statement, so it shows one
/// moment of the file.
/// </summary>
internal sealed class SqliteLoad : IDisposable
{
    // A chunk is read in one step on a pool thread. It is long enough to pay for the switch of
    // threads.
    private const int ChunkRows = 1_024;
    private const int ChunkBytes = 1 << 20;

    private readonly SqliteSettings _settings;
    private readonly SqliteReaders _readers;
    private readonly string _action;
    private SqliteDatabase? _database;
    private SqliteStatement? _statement;

    private SqliteLoad(SqliteSettings settings, SqliteReaders readers, string action)
    {
        _settings = settings;
        _readers = readers;
        _action = action;
    }

    /// <summary>The rows that were read last, in key order.</summary>
    public IReadOnlyList<StoredRow> Rows { get; private set; } = [];

    /// <summary>Whether these are the last rows.</summary>
    public bool IsAtEnd => _statement is null;

    /// <summary>Begins, and reads the first rows.</summary>
    /// <exception cref="StorageException">
    /// The partition cannot be read, or the table is missing.
    /// </exception>
    public static SqliteLoad Open(
        SqliteSettings settings, SqliteReaders readers, string table, int partition, string action)
    {
        var load = new SqliteLoad(settings, readers, action);
        try
        {
            load.Begin(table, partition);
            load.ReadMore();
            return load;
        }
        catch
        {
            load.Dispose();
            throw;
        }
    }

    /// <summary>Reads the next rows. At the end, gives the connection back.</summary>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public void ReadMore()
    {
        var rows = new List<StoredRow>();
        int bytes = 0;
        while (_statement is not null && rows.Count < ChunkRows && bytes < ChunkBytes)
        {
            if (!Step(_statement))
            {
                GiveBack();
                break;
            }

            var row = new StoredRow(_statement.Bytes(0), _statement.Bytes(1));
            bytes += row.Key.Length + row.Document.Length;
            rows.Add(row);
        }

        Rows = rows;
    }

    /// <summary>Closes the connection of a reading that has not reached its end.</summary>
    public void Dispose()
    {
        _statement?.Dispose();
        _database?.Dispose();
    }

    private void Begin(string table, int partition)
    {
        try
        {
            _database = _readers.Take();
            if (!SqliteSchema.Exists(_database, table))
            {
                throw new StorageException(
                    $"SQLite {_settings.Path} has no table '{table}'. Create it first.");
            }

            _statement = _database.Prepare(SqliteSchema.SelectText(table)).Bind(1, partition);
        }
        catch (SqliteException failure)
        {
            throw Translate(failure);
        }
    }

    private bool Step(SqliteStatement statement)
    {
        try
        {
            return statement.Step();
        }
        catch (SqliteException failure)
        {
            throw Translate(failure);
        }
    }

    private void GiveBack()
    {
        _statement!.Dispose();
        _statement = null;
        var database = _database!;
        _database = null;
        _readers.Give(database);
    }

    private StorageException Translate(SqliteException failure) =>
        SqliteErrors.Translate(failure, _settings, _settings.Path, _action);
}
