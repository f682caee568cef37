using Microsoft.Data.Sqlite;

namespace Memento.Storage.Sqlite;

/// <summary>
/// One reading of a partition, on a connection of its own beside the writer's: one statement, so
/// one moment of the file.
/// </summary>
internal sealed class SqliteLoad : IDisposable
{
    // A chunk is read at once on a pool thread: long enough to pay for the switch.
    private const int ChunkRows = 1_024;
    private const int ChunkBytes = 1 << 20;

    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _statement;
    private bool _isAtEnd;

    private SqliteLoad(SqliteDatabase database, SqliteStatement statement)
    {
        _database = database;
        _statement = statement;
    }

    /// <exception cref="StorageException">The table is not there.</exception>
    public static SqliteLoad Open(SqliteSettings settings, string table, int partition)
    {
        var database = SqliteDatabase.Open(settings, settings.Path, SqliteOpenMode.ReadWrite);
        try
        {
            if (!SqliteSchema.Exists(database, table))
            {
                throw new StorageException(
                    $"SQLite {settings.Path} has no table '{table}'. Create it first.");
            }

            var statement = database.Prepare(SqliteSchema.SelectText(table));
            statement.Bind(1, partition);
            return new SqliteLoad(database, statement);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>The next rows in key order; none at the end.</summary>
    public IReadOnlyList<StoredRow> Next()
    {
        var rows = new List<StoredRow>();
        int bytes = 0;
        while (!_isAtEnd && rows.Count < ChunkRows && bytes < ChunkBytes)
        {
            if (!_statement.Step())
            {
                _isAtEnd = true;
                break;
            }

            var row = new StoredRow(_statement.Bytes(0), _statement.Bytes(1));
            bytes += row.Key.Length + row.Document.Length;
            rows.Add(row);
        }

        return rows;
    }

    public void Dispose()
    {
        _statement.Dispose();
        _database.Dispose();
    }
}
