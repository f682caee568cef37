using Microsoft.Data.Sqlite;

namespace Memento.Storage.Sqlite;

/// <summary>
/// Connections beside the writer's, for reading partitions. A few are kept: opening one costs more
/// than reading a small partition.
/// </summary>
internal sealed class SqliteReaders(SqliteSettings settings) : IDisposable
{
    private const int MostKept = 4;

    private readonly Lock _gate = new();
    private readonly Stack<SqliteDatabase> _kept = [];
    private bool _isClosed;

    public SqliteDatabase Take()
    {
        lock (_gate)
        {
            // A kept connection would go on reading a removed file.
            if (File.Exists(settings.Path) && _kept.TryPop(out var kept)) return kept;
        }

        return SqliteDatabase.Open(settings, settings.Path, SqliteOpenMode.ReadWrite);
    }

    /// <summary>Reads on a connection beside the writer's.</summary>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public T Read<T>(string action, Func<SqliteDatabase, T> read)
    {
        SqliteDatabase? database = null;
        try
        {
            database = Take();
            T result = read(database);
            Give(database);
            return result;
        }
        catch (SqliteException failure)
        {
            database?.Dispose();
            throw SqliteErrors.Translate(failure, settings, settings.Path, action);
        }
    }

    /// <summary>Takes back a connection without an open statement.</summary>
    public void Give(SqliteDatabase database)
    {
        lock (_gate)
        {
            if (!_isClosed && _kept.Count < MostKept)
            {
                _kept.Push(database);
                return;
            }
        }

        database.Dispose();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            while (_kept.TryPop(out var kept))
                kept.Dispose();
        }
    }
}
