namespace Memento.Storage.Sqlite;

/// <summary>
/// Tables that were dropped or emptied. To free the pages of a million rows takes SQLite seconds, so such a
/// table is only renamed, which is one small change, and its rows go piece by piece afterwards.
/// </summary>
internal static class SqliteTrash
{
    private const string Prefix = "memento_trash_";

    /// <summary>Puts a table away, inside the transaction of the caller.</summary>
    public static void Throw(SqliteDatabase database, string table)
    {
        long number = 1 + (database.Scalar(
            $"""
            SELECT max(CAST(substr(name, {Prefix.Length + 1}) AS INTEGER))
            FROM sqlite_schema WHERE type = 'table' AND name GLOB '{Prefix}*'
            """) ?? 0);
        database.Execute($"ALTER TABLE {SqliteSchema.Quote(table)} RENAME TO {Prefix}{number}");
    }

    /// <summary>A table that was put away, or null where there is none.</summary>
    public static string? Find(SqliteDatabase database)
    {
        using var statement = database.Prepare(
            $"SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB '{Prefix}*' LIMIT 1");
        return statement.Step() ? statement.Text(0) : null;
    }

    /// <summary>Removes some of the rows of a table that was put away, and with the last the table.</summary>
    public static void Remove(SqliteDatabase database, string trash, int rows)
    {
        using (var statement = database.Prepare(
            $"""
            DELETE FROM {trash} WHERE (partition, key) IN (
                SELECT partition, key FROM {trash} ORDER BY partition, key LIMIT ?1)
            """))
        {
            statement.Bind(1, rows).Execute();
        }

        if (database.Changes < rows)
            database.Execute($"DROP TABLE {trash}");
    }
}
