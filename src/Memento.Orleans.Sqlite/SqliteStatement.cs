using SQLitePCL;

namespace Memento.Storage.Sqlite;

/// <summary>
/// A prepared statement, without ADO.NET: a batch binds its UTF-8 documents as they are, and a row
/// costs three calls. Not thread-safe.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _handle;

    public SqliteStatement(sqlite3 connection, string text)
    {
        _connection = connection;
        int code = raw.sqlite3_prepare_v2(connection, text, out _handle);
        if (code != raw.SQLITE_OK) throw SqliteErrors.Of(connection, code);
    }

    public void Dispose() => _handle.Dispose();

    public SqliteStatement Bind(int index, long value) =>
        Check(raw.sqlite3_bind_int64(_handle, index, value));

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> blob) =>
        Check(raw.sqlite3_bind_blob(_handle, index, blob));

    public SqliteStatement Bind(int index, string text) =>
        Check(raw.sqlite3_bind_text(_handle, index, text));

    public SqliteStatement BindUtf8(int index, ReadOnlySpan<byte> text) =>
        Check(raw.sqlite3_bind_text(_handle, index, text));

    /// <summary>Runs the statement to its end, for its effect.</summary>
    public void Execute()
    {
        while (Step())
        {
        }
    }

    /// <summary>Runs the statement to its end, and returns the integer of its first row.</summary>
    public long? Scalar()
    {
        long? value = null;
        while (Step())
            value ??= Integer(0);
        return value;
    }

    /// <summary>
    /// Whether there is another row. At the end, the statement is ready to run again.
    /// </summary>
    public bool Step()
    {
        int code = raw.sqlite3_step(_handle);
        if (code == raw.SQLITE_ROW) return true;
        if (code == raw.SQLITE_DONE)
        {
            raw.sqlite3_reset(_handle);
            return false;
        }

        // Read before the reset; after it, the next call could overwrite the message.
        var failure = SqliteErrors.Of(_connection, code);
        raw.sqlite3_reset(_handle);
        throw failure;
    }

    public long Integer(int column) => raw.sqlite3_column_int64(_handle, column);

    /// <summary>The bytes of a column; of a text, its UTF-8.</summary>
    public byte[] Bytes(int column) => raw.sqlite3_column_blob(_handle, column).ToArray();

    public string Text(int column) => raw.sqlite3_column_text(_handle, column).utf8_to_string();

    private SqliteStatement Check(int code) =>
        code == raw.SQLITE_OK ? this : throw SqliteErrors.Of(_connection, code);
}
