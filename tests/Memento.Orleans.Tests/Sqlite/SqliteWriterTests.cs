using Memento.Storage.Sqlite;

namespace Memento.Tests.Sqlite;

/// <summary>The connection that writes, opened without a storage around it.</summary>
public sealed class SqliteWriterTests
{
    private const long Normal = 1;
    private const long Full = 2;

    [Theory]
    [InlineData(StorageDurability.Fsynced, Full)]
    [InlineData(StorageDurability.Written, Normal)]
    public async Task The_opening_is_fsynced_whatever_is_chosen_for_the_batches_after_it(
        StorageDurability chosen, long afterwards)
    {
        await using var file = new SqliteFile();
        var settings = SqliteSettings.From(
            $"Data Source={file.Path}", new SqliteOptions { Durability = chosen });
        using var writer = new SqliteWriter(settings);
        long? opening = null;
        writer.Open((database, _, _) => opening = Synchronous(database), static _ => { });

        Assert.Equal(Full, opening);
        Assert.Equal(afterwards, writer.Read("test", Synchronous));
    }

    private static long? Synchronous(SqliteDatabase database) =>
        database.Scalar("PRAGMA synchronous");
}
