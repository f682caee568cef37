namespace Memento.Storage.Sqlite;

/// <summary>What the catalog's file says about itself when it is opened.</summary>
/// <param name="Identity">
/// What its data has too; null in a file that is new or of schema 1.
/// </param>
/// <param name="Opening">The opening of the data at which it was there last.</param>
/// <param name="IsOpening">
/// Whether it does not know that the data was opened: the process died in between.
/// </param>
/// <param name="HasStates">Whether there is anything in it.</param>
internal readonly record struct SqliteCatalogMark(
    Guid? Identity, long Opening, bool IsOpening, bool HasStates)
{
    /// <summary>The table that it is kept in, of one row.</summary>
    public const string TableText =
        """
        CREATE TABLE IF NOT EXISTS memento_identity (
            one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
            identity TEXT NOT NULL,
            opening INTEGER NOT NULL,
            is_opening INTEGER NOT NULL
        )
        """;

    /// <summary>Reads it, whether or not there is a schema.</summary>
    public static SqliteCatalogMark Read(SqliteDatabase database)
    {
        bool hasStates = SqliteSchema.Exists(database, "OrleansStorage")
            && database.Scalar(
                "SELECT EXISTS (SELECT 1 FROM OrleansStorage WHERE PayloadBinary IS NOT NULL)") == 1;
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

    /// <summary>Notes that an opening of the data has begun, inside the transaction of the caller.</summary>
    public static void Begin(SqliteDatabase database, Guid identity, long opening)
    {
        using var statement = database.Prepare(
            "INSERT OR REPLACE INTO memento_identity VALUES (1, ?1, ?2, 1)");
        statement.Bind(1, $"{identity}").Bind(2, opening).Execute();
    }

    /// <summary>Notes that it is through.</summary>
    public static void End(SqliteDatabase database) =>
        database.Execute("UPDATE memento_identity SET is_opening = 0");
}
