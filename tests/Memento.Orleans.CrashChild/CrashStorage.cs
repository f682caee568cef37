namespace Memento.CrashChild;

/// <summary>The storages that a silo under load can have, by name.</summary>
public static class CrashStorage
{
    /// <summary>SQLite; the place is the path of the file.</summary>
    public const string Sqlite = "sqlite";

    /// <summary>SQLite that does not fsync its batches.</summary>
    public const string SqliteWritten = "sqlite-written";

    /// <summary>PostgreSQL; the place is a connection string.</summary>
    public const string PostgreSql = "postgresql";

    /// <summary>Lets a silo use a storage.</summary>
    public static void Use(IMementoBuilder memento, string storage, string place)
    {
        switch (storage)
        {
            case Sqlite:
                memento.UseSqlite($"Data Source={place}");
                break;
            case SqliteWritten:
                memento.UseSqlite(
                    $"Data Source={place}",
                    static sqlite => sqlite.Durability = StorageDurability.Written);
                break;
            case PostgreSql:
                memento.UsePostgreSql(place);
                break;
            default:
                throw new ArgumentException($"There is no storage '{storage}'.", nameof(storage));
        }
    }
}
