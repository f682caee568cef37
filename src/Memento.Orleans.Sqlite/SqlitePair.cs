namespace Memento.Storage.Sqlite;

/// <summary>
/// Checks whether the data's file and the catalog's file belong together. Both have the same
/// identity, and the number of the last opening. The catalog writes that number before the data
/// does, and notes afterwards that the data has it. So a crash in between can be told from a file
/// of another day. Each of these three commits is fsynced, also if batches are not, so that a power
/// loss keeps their order.
/// </summary>
/// <remarks>
/// | catalog | data | |
/// | --- | --- | --- |
/// | missing | new, or never used | a new store |
/// | missing | has a note of its tables | the catalog is made again from it |
/// | missing | used, no note of its tables (schema 1) | refused: its partitions are unknown |
/// | has states | missing | refused: the records are gone |
/// | of schema 1 | of schema 1 | taken for a pair |
/// | same identity | | a pair if both have one opening, or the catalog has just begun the next |
/// | another identity | | refused |
///
/// Within one opening, either file may be ahead by one change that a crash has cut in two. Then the
/// notes of the data count, and of two numbers the higher one counts.
/// </remarks>
internal static class SqlitePair
{
    /// <returns>The identity that both files get.</returns>
    /// <exception cref="StorageException">The files do not belong together.</exception>
    public static Guid Require(
        SqliteSettings settings, SqliteDataMark data, SqliteCatalogMark catalog)
    {
        bool isMissing = !catalog.HasStates
            && (catalog.Identity is null || catalog.Identity != data.Identity);
        if (isMissing)
        {
            return data.IsUsed && !data.HasCatalog
                ? throw CatalogLost(settings)
                : data.Identity ?? Guid.NewGuid();
        }

        if (data.IsNew) throw DataLost(settings);

        if (data.Identity is null)
        {
            if (catalog.Identity is null) return Guid.NewGuid();

            bool isUpgrading = catalog.IsOpening && catalog.Opening == data.Opening + 1;
            return isUpgrading ? catalog.Identity.Value : throw Foreign(settings, data);
        }

        if (catalog.Identity != data.Identity) throw Foreign(settings, data);

        if (catalog.Opening == data.Opening
            || (catalog.IsOpening && catalog.Opening == data.Opening + 1))
        {
            return data.Identity.Value;
        }

        throw catalog.Opening < data.Opening
            ? OfAnotherDay(settings, "older", data)
            : OfAnotherDay(settings, "newer", data);
    }

    private static StorageException CatalogLost(SqliteSettings settings) => new(
        $"SQLite {settings.Path} was written by an earlier version of Memento.Orleans, which kept "
        + $"the catalog of its tables in {settings.CatalogPath} alone, and that file is missing or "
        + "empty. Put it back from a backup: without it, the partitions of the tables and the "
        + "numbers that were given are unknown.");

    private static StorageException DataLost(SqliteSettings settings) => new(
        $"SQLite {settings.Path} is missing or empty, but its catalog {settings.CatalogPath} is "
        + $"there. Put {settings.Path} back from a backup; or, to begin with an empty store, "
        + $"remove {settings.CatalogPath} too.");

    private static StorageException Foreign(SqliteSettings settings, SqliteDataMark data) => new(
        $"SQLite {settings.Path} and the catalog {settings.CatalogPath} belong to different "
        + "stores. Put back the file that belongs to the other one"
        + $"{OrMakeAnew(settings, data)}.");

    private static StorageException OfAnotherDay(
        SqliteSettings settings, string how, SqliteDataMark data) => new(
        $"SQLite {settings.Path} and the catalog {settings.CatalogPath} belong to one store, but "
        + $"the catalog is {how} than the data: one of the files came back from a backup of "
        + $"another day. Put back both files of one day{OrMakeAnew(settings, data)}.");

    private static string OrMakeAnew(SqliteSettings settings, SqliteDataMark data)
        => data.HasCatalog
            ? $"; or, to go on with {settings.Path}, remove {settings.CatalogPath}: it is made "
                + "again from it"
            : "";
}

/// <summary>The mark of the data's file at its opening.</summary>
/// <param name="Identity">
/// The identity, which its catalog has too; null in a file that is new or of schema 1.
/// </param>
/// <param name="Opening">How often the file was opened before.</param>
/// <param name="IsNew">Whether the file was made just now.</param>
/// <param name="IsUsed">
/// Whether a partition was ever opened, so that it may have had records.
/// </param>
/// <param name="HasCatalog">
/// Whether the file has a note of its tables, from which the catalog can be made.
/// </param>
internal readonly record struct SqliteDataMark(
    Guid? Identity, long Opening, bool IsNew, bool IsUsed, bool HasCatalog)
{
    /// <summary>Reads the mark of a file that has its schema.</summary>
    public static SqliteDataMark Read(SqliteDatabase database, bool isNew, long opening) => new(
        ReadIdentity(database),
        opening - 1,
        isNew,
        database.Scalar("SELECT EXISTS (SELECT 1 FROM memento_epoch)") == 1,
        SqliteNotes.Read(database, IJournalStorage.CatalogNote) is not null);

    public static void WriteIdentity(SqliteDatabase database, Guid identity)
    {
        using var statement = database.Prepare("INSERT INTO memento_identity VALUES (?1)");
        statement.Bind(1, $"{identity}").Execute();
    }

    private static Guid? ReadIdentity(SqliteDatabase database)
    {
        using var statement = database.Prepare("SELECT identity FROM memento_identity");
        return statement.Step() ? Guid.Parse(statement.Text(0)) : null;
    }
}

/// <summary>The mark of the catalog's file at its opening.</summary>
/// <param name="Identity">
/// The identity, which its data has too; null in a file that is new or of schema 1.
/// </param>
/// <param name="Opening">The last opening of the data in which the catalog took part.</param>
/// <param name="IsOpening">
/// Whether the catalog has no note that the data was opened: the process died in between.
/// </param>
/// <param name="HasStates">Whether the catalog has any state.</param>
internal readonly record struct SqliteCatalogMark(
    Guid? Identity, long Opening, bool IsOpening, bool HasStates)
{
    /// <summary>The SQL table of the mark; it has one row.</summary>
    public const string TableText =
        """
        CREATE TABLE IF NOT EXISTS memento_identity (
            one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
            identity TEXT NOT NULL,
            opening INTEGER NOT NULL,
            is_opening INTEGER NOT NULL
        )
        """;

    /// <summary>Reads the mark, with or without a schema.</summary>
    public static SqliteCatalogMark Read(SqliteDatabase database)
    {
        bool hasStates = SqliteSchema.Exists(database, "OrleansStorage")
            && database.Scalar(
                "SELECT EXISTS (SELECT 1 FROM OrleansStorage WHERE PayloadBinary IS NOT NULL)")
                == 1;
        if (!SqliteSchema.Exists(database, "memento_identity"))
            return new SqliteCatalogMark(null, 0, false, hasStates);

        using var statement = database.Prepare(
            "SELECT identity, opening, is_opening FROM memento_identity");
        return statement.Step()
            ? new SqliteCatalogMark(
                Guid.Parse(statement.Text(0)),
                statement.Integer(1),
                statement.Integer(2) == 1,
                hasStates)
            : new SqliteCatalogMark(null, 0, false, hasStates);
    }

    /// <summary>
    /// Notes that an opening of the data has begun, inside the transaction of the caller.
    /// </summary>
    public static void Begin(SqliteDatabase database, Guid identity, long opening)
    {
        using var statement = database.Prepare(
            "INSERT OR REPLACE INTO memento_identity VALUES (1, ?1, ?2, 1)");
        statement.Bind(1, $"{identity}").Bind(2, opening).Execute();
    }

    /// <summary>Notes that the opening has ended.</summary>
    public static void End(SqliteDatabase database) =>
        database.Execute("UPDATE memento_identity SET is_opening = 0");
}
