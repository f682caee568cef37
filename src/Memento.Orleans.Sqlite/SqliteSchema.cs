using Microsoft.Data.Sqlite;

namespace Memento.Storage.Sqlite;

/// <summary>
/// The tables of the main file beside the records, and the mark of the program that owns the file.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>
    /// The schema that this version of the store writes. Schema 2 added notes and the identity.
    /// </summary>
    public const int Version = 2;

    /// <summary>"Memt": marks our files, so that the files of other programs are refused.</summary>
    public const int ApplicationId = 0x4D656D74;

    private const string OwnPrefix = "memento_";

    // For a new file, and for the upgrade of a file of version 1.
    private static readonly string[] SecondStatements =
    [
        """
        CREATE TABLE memento_note (
            name TEXT NOT NULL PRIMARY KEY,
            note TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        "CREATE TABLE memento_identity (identity TEXT NOT NULL)",
    ];

    private static readonly string[] FirstStatements =
    [
        """
        CREATE TABLE memento_epoch (
            name TEXT NOT NULL,
            partition INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            PRIMARY KEY (name, partition)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE memento_outcome (
            id BLOB NOT NULL PRIMARY KEY,
            outcome INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) WITHOUT ROWID
        """,
        "CREATE INDEX memento_outcome_at ON memento_outcome (at)",
        // One row, which every transaction writes. It says whether that transaction was kept.
        """
        CREATE TABLE memento_journal (
            one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
            incarnation INTEGER NOT NULL,
            batch INTEGER NOT NULL,
            position INTEGER NOT NULL
        )
        """,
        "INSERT INTO memento_journal VALUES (1, 0, 0, 0)",
    ];

    /// <summary>Refuses a file of another program, before anything in it is changed.</summary>
    /// <returns>Whether the file is new, so that it has no schema yet.</returns>
    /// <exception cref="StorageException">
    /// The file belongs to another program, or to a newer version.
    /// </exception>
    public static bool IsNew(SqliteDatabase database, string path)
    {
        long application = database.Scalar("PRAGMA application_id") ?? 0;
        long version = database.Scalar("PRAGMA user_version") ?? 0;
        if (application == ApplicationId && version > Version)
        {
            throw new StorageException(
                $"SQLite {path} was written by a newer version of Memento.Orleans (schema "
                + $"{version}, this one knows {Version}). Run the newer version, or name another "
                + "file.");
        }

        if (application == ApplicationId && version > 0) return false;

        if (application != 0 || version != 0
            || database.Scalar("SELECT count(*) FROM sqlite_schema") != 0)
        {
            throw new StorageException(
                $"SQLite {path} is a database of another program, not of Memento.Orleans; nothing "
                + "in it was changed. Name another file.");
        }

        return true;
    }

    /// <summary>Makes the schema, inside the transaction of the caller.</summary>
    public static void Create(SqliteDatabase database)
    {
        foreach (string statement in FirstStatements)
            database.Execute(statement);
        Upgrade(database);
    }

    /// <summary>Upgrades the schema of an earlier version.</summary>
    public static void Upgrade(SqliteDatabase database)
    {
        if (database.Scalar("PRAGMA user_version") == Version) return;
        foreach (string statement in SecondStatements)
            database.Execute(statement);
        MarkOwn(database);
    }

    /// <summary>Writes our mark into the header of the file.</summary>
    public static void MarkOwn(SqliteDatabase database)
    {
        database.Execute($"PRAGMA application_id = {ApplicationId}");
        database.Execute($"PRAGMA user_version = {Version}");
    }

    /// <summary>Makes the SQL table of a Memento table if it is missing.</summary>
    /// <exception cref="StorageException">The name cannot be the name of an SQL table.</exception>
    public static void CreateTable(SqliteDatabase database, string table, string path)
    {
        if (table.Length == 0 || table.Contains('\0')
            || table.StartsWith(OwnPrefix, StringComparison.OrdinalIgnoreCase)
            || table.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase))
        {
            throw new StorageException(
                $"'{table}' cannot be the name of a table in SQLite {path}: names that start with "
                + $"'{OwnPrefix}' or 'sqlite_' are reserved. Rename the table.");
        }

        if (Find(database, table) is { } found && found != table)
        {
            throw new StorageException(
                $"SQLite {path} cannot hold a table '{table}' beside '{found}': SQLite does not "
                + "tell names apart by case. Rename one of them.");
        }

        database.Execute(
            $"""
            CREATE TABLE IF NOT EXISTS {Quote(table)} (
                partition INTEGER NOT NULL,
                key BLOB NOT NULL,
                doc TEXT NOT NULL,
                PRIMARY KEY (partition, key)
            ) WITHOUT ROWID
            """);

        try
        {
            database.Prepare(SelectText(table)).Dispose();
        }
        catch (SqliteException failure)
        {
            throw new StorageException(
                $"SQLite {path} has a table '{table}' that Memento.Orleans did not make: it has no "
                + "columns partition, key and doc. Rename one of the two.",
                failure);
        }
    }

    /// <summary>Whether a table with exactly this name exists.</summary>
    public static bool Exists(SqliteDatabase database, string table) =>
        Find(database, table) == table;

    public static string Quote(string name) =>
        $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string SelectText(string table) =>
        $"SELECT key, doc FROM {Quote(table)} WHERE partition = ?1 ORDER BY key";

    private static string? Find(SqliteDatabase database, string table)
    {
        using var statement = database.Prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE");
        statement.Bind(1, table);
        return statement.Step() ? statement.Text(0) : null;
    }
}

/// <summary>
/// Dropped and emptied tables. SQLite needs seconds to free the pages of a million rows. So such a
/// table is only renamed, which is one small change, and its rows are removed piece by piece
/// afterwards.
/// </summary>
internal static class SqliteTrash
{
    private const string Prefix = "memento_trash_";

    /// <summary>Renames a table for removal, inside the transaction of the caller.</summary>
    public static void Throw(SqliteDatabase database, string table)
    {
        long number = 1 + (database.Scalar(
            $"""
            SELECT max(CAST(substr(name, {Prefix.Length + 1}) AS INTEGER))
            FROM sqlite_schema WHERE type = 'table' AND name GLOB '{Prefix}*'
            """) ?? 0);
        database.Execute($"ALTER TABLE {SqliteSchema.Quote(table)} RENAME TO {Prefix}{number}");
    }

    /// <summary>A renamed table, or null if there is none.</summary>
    public static string? Find(SqliteDatabase database)
    {
        using var statement = database.Prepare(
            $"SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB '{Prefix}*' "
            + "LIMIT 1");
        return statement.Step() ? statement.Text(0) : null;
    }

    /// <summary>
    /// Removes some rows of a renamed table; with the last row, removes the table.
    /// </summary>
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

        if (database.Changes < rows) database.Execute($"DROP TABLE {trash}");
    }
}

/// <summary>
/// The notes beside the records: named documents that say how to read the records.
/// </summary>
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
