using Memento.Storage.AdoNet;
using Microsoft.Data.Sqlite;

namespace Memento.Storage.Sqlite;

/// <summary>
/// The file of the catalog and the sequences, which Orleans' ADO.NET grain storage reads and
/// writes. That provider finds its SQL in the table OrleansQuery. Orleans has no such SQL for
/// SQLite.
/// </summary>
/// <remarks>
/// The provider expects one row with the new version from a write, a clear and a delete, and no row
/// if the version that it gave is not the current one. From a read it expects the payload and the
/// version, and no payload for a cleared state. Its key hashes are not needed: the whole key is the
/// primary key. A key without an extension gives null, which is kept as '' because null is never
/// equal in a primary key.
/// </remarks>
internal sealed class SqliteCatalog : IDisposable
{
    /// <summary>The name that makes the provider load Microsoft.Data.Sqlite.</summary>
    public const string Invariant = "System.Data.SQLite";

    private const string Key =
        """
        ServiceId = @ServiceId AND GrainTypeString = @GrainTypeString
        AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
        AND GrainIdExtensionString = coalesce(@GrainIdExtensionString, '')
        """;

    private const string KeyAndVersion = $"{Key} AND Version = @GrainStateVersion";

    private static readonly string[] Tables =
    [
        """
        CREATE TABLE IF NOT EXISTS OrleansQuery (
            QueryKey TEXT NOT NULL PRIMARY KEY,
            QueryText TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE IF NOT EXISTS OrleansStorage (
            ServiceId TEXT NOT NULL,
            GrainTypeString TEXT NOT NULL,
            GrainIdN0 INTEGER NOT NULL,
            GrainIdN1 INTEGER NOT NULL,
            GrainIdExtensionString TEXT NOT NULL,
            PayloadBinary BLOB,
            ModifiedOn TEXT NOT NULL,
            Version INTEGER NOT NULL,
            PRIMARY KEY (
                ServiceId, GrainTypeString, GrainIdN0, GrainIdN1, GrainIdExtensionString)
        )
        """,
        SqliteCatalogMark.TableText,
    ];

    private static readonly (string Key, string Text)[] Queries =
    [
        ("ReadFromStorageKey", $"SELECT PayloadBinary, Version FROM OrleansStorage WHERE {Key}"),
        ("WriteToStorageKey",
            $"""
            UPDATE OrleansStorage
            SET PayloadBinary = @PayloadBinary, ModifiedOn = datetime('now'), Version = Version + 1
            WHERE {KeyAndVersion}
            RETURNING Version AS NewGrainStateVersion;
            INSERT INTO OrleansStorage
            SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1,
                coalesce(@GrainIdExtensionString, ''), @PayloadBinary, datetime('now'), 1
            WHERE @GrainStateVersion IS NULL
            ON CONFLICT DO NOTHING
            RETURNING Version AS NewGrainStateVersion
            """),
        ("ClearStorageKey",
            $"""
            UPDATE OrleansStorage
            SET PayloadBinary = NULL, ModifiedOn = datetime('now'), Version = Version + 1
            WHERE {KeyAndVersion}
            RETURNING Version AS NewGrainStateVersion
            """),
        // The provider takes its own version for a conflict, so the SQL returns another version.
        ("DeleteStorageKey",
            $"""
            DELETE FROM OrleansStorage WHERE {KeyAndVersion}
            RETURNING Version + 1 AS NewGrainStateVersion
            """),
    ];

    private readonly SqliteDatabase _database;

    private SqliteCatalog(SqliteDatabase database) => _database = database;

    /// <summary>
    /// Opens the file without changing it, and keeps the connection. The provider opens a
    /// connection for each call; without ours, each close would copy the log into the file.
    /// </summary>
    public static SqliteCatalog Open(SqliteSettings settings)
    {
        var database = SqliteDatabase.Open(
            settings, settings.CatalogPath, SqliteOpenMode.ReadWriteCreate);
        try
        {
            SqliteSchema.IsNew(database, settings.CatalogPath);
            return new SqliteCatalog(database);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>The provider on this file.</summary>
    public static CatalogStorage Describe(SqliteSettings settings) => AdoNetCatalog.Describe(
        settings.CatalogPath, Invariant, ConnectionString(settings));

    /// <summary>The connection string of the provider.</summary>
    public static string ConnectionString(SqliteSettings settings) =>
        settings.ConnectionString(settings.CatalogPath, SqliteOpenMode.ReadWriteCreate);

    /// <summary>Reads the mark of the file.</summary>
    public SqliteCatalogMark ReadMark() => SqliteCatalogMark.Read(_database);

    /// <summary>
    /// Makes the schema, and notes that an opening of the data of this catalog has begun.
    /// </summary>
    public void Begin(Guid identity, long opening)
    {
        // Fsynced, whatever the option for batches is: the opening of the data may reach the disk
        // only after this one.
        _database.PrepareToWrite(StorageDurability.Fsynced);
        _database.Begin();
        foreach (string table in Tables)
            _database.Execute(table);
        SqliteSchema.MarkOwn(_database);
        WriteQueries(_database);
        SqliteCatalogMark.Begin(_database, identity, opening);
        _database.Commit();
    }

    /// <summary>Notes that the opening of the data has ended.</summary>
    public void End() => SqliteCatalogMark.End(_database);

    public void Dispose() => _database.Dispose();

    // At every start, so that a newer version of the store has its own texts.
    private static void WriteQueries(SqliteDatabase database)
    {
        using var statement = database.Prepare(
            "INSERT OR REPLACE INTO OrleansQuery (QueryKey, QueryText) VALUES (?1, ?2)");
        foreach (var (key, text) in Queries)
            statement.Bind(1, key).Bind(2, text).Execute();
    }
}
