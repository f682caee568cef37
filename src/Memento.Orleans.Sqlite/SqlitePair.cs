namespace Memento.Storage.Sqlite;

/// <summary>
/// Tells whether the data's file and the catalog's belong together. Both have one identity, and the number
/// of the last opening: the catalog writes it before the data does and notes afterwards that the data has
/// it, so that a crash in between is told from a file of another day. Each of these three commits is fsynced,
/// also where batches are not, so that a power loss keeps their order.
/// </summary>
/// <remarks>
/// | catalog | data | |
/// | --- | --- | --- |
/// | missing | new, or never used | a new store |
/// | missing | has a note of its tables | the catalog is made again from it |
/// | missing | used, without a note of its tables (schema 1) | refused: nobody knows its partitions |
/// | has states | missing | refused: the records are gone |
/// | of schema 1 | of schema 1 | taken for a pair |
/// | of one identity | | a pair where both have one opening, or the catalog has just begun the next |
/// | of another identity | | refused |
///
/// Within one opening either file may be ahead, by the one change that a crash has cut in two. The notes of
/// the data are what counts, and of a number the higher one.
/// </remarks>
internal static class SqlitePair
{
    /// <returns>The identity that both are to have.</returns>
    /// <exception cref="StorageException">They do not belong together.</exception>
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

        if (data.IsNew)
            throw DataLost(settings);

        if (data.Identity is null)
        {
            if (catalog.Identity is null)
                return Guid.NewGuid();

            bool isUpgrading = catalog.IsOpening && catalog.Opening == data.Opening + 1;
            return isUpgrading ? catalog.Identity.Value : throw Foreign(settings, data);
        }

        if (catalog.Identity != data.Identity)
            throw Foreign(settings, data);

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
        $"SQLite {settings.Path} was written by an earlier version of Memento.Orleans, which kept the "
        + $"catalog of its tables in {settings.CatalogPath} alone, and that file is missing or empty. Put "
        + "it back from a backup: without it nobody knows which partitions the tables have, and which "
        + "numbers were given.");

    private static StorageException DataLost(SqliteSettings settings) => new(
        $"SQLite {settings.Path} is missing or empty, but its catalog {settings.CatalogPath} is there. Put "
        + $"{settings.Path} back from a backup; or, to begin with an empty store, remove "
        + $"{settings.CatalogPath} too.");

    private static StorageException Foreign(SqliteSettings settings, SqliteDataMark data) => new(
        $"SQLite {settings.Path} and the catalog {settings.CatalogPath} are of different stores. Put the "
        + $"file in place that belongs to the other one{OrMakeAnew(settings, data)}.");

    private static StorageException OfAnotherDay(
        SqliteSettings settings, string how, SqliteDataMark data) => new(
        $"SQLite {settings.Path} and the catalog {settings.CatalogPath} are of one store, but the catalog "
        + $"is {how} than the data: one of them was put back from a backup of another day. Put both of one "
        + $"day in place{OrMakeAnew(settings, data)}.");

    private static string OrMakeAnew(SqliteSettings settings, SqliteDataMark data) => data.HasCatalog
        ? $"; or, to go on with {settings.Path}, remove {settings.CatalogPath}: it is made again from it"
        : "";
}
