namespace Memento.Storage.Sqlite;

/// <summary>What the data's file says about itself when it is opened.</summary>
/// <param name="Identity">
/// What its catalog has too; null in a file that is new or of schema 1.
/// </param>
/// <param name="Opening">How often it was opened before.</param>
/// <param name="IsNew">Whether it was made just now.</param>
/// <param name="IsUsed">Whether a partition was ever opened, and so may have had records.</param>
/// <param name="HasCatalog">Whether it has a note of its tables, from which the catalog can be made.</param>
internal readonly record struct SqliteDataMark(
    Guid? Identity, long Opening, bool IsNew, bool IsUsed, bool HasCatalog)
{
    /// <summary>Reads it, of a file whose schema is there.</summary>
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
