using Microsoft.Data.Sqlite;

namespace Memento.Storage.Sqlite;

/// <summary>
/// Connections beside the writer's, to read partitions with. A few are kept: to open one costs more
/// than to read a small partition.
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
            // One that is kept would go on reading a file that no path leads to any more.
            if (File.Exists(settings.Path) && _kept.TryPop(out var kept)) return kept;
        }

        return SqliteDatabase.Open(settings, settings.Path, SqliteOpenMode.ReadWrite);
    }

    /// <summary>Gives a connection back that has nothing open.</summary>
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
