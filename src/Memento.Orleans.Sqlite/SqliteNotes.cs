namespace Memento.Storage.Sqlite;

/// <summary>The notes beside the records: named documents that say how to read them.</summary>
internal static class SqliteNotes
{
    public static byte[]? Read(SqliteDatabase database, string name)
    {
        using var statement = database.Prepare("SELECT note FROM memento_note WHERE name = ?1");
        statement.Bind(1, name);
        return statement.Step() ? statement.Bytes(0) : null;
    }

    public static void Write(SqliteDatabase database, string name, ReadOnlySpan<byte> note) =>
        database.Prepared(
            """
            INSERT INTO memento_note (name, note) VALUES (?1, ?2)
            ON CONFLICT (name) DO UPDATE SET note = excluded.note
            """)
            .Bind(1, name)
            .BindUtf8(2, note)
            .Execute();
}
