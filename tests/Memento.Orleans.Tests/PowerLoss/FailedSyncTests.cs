using Memento.Storage.Sqlite;
using Memento.Tests.Sqlite;
using Microsoft.Data.Sqlite;

namespace Memento.Tests.PowerLoss;

/// <summary>
/// A sync fails, and the disk forgets what it was for: it can be read, later syncs succeed, and
/// after a power loss it is gone.
/// </summary>
public sealed class FailedSyncTests : IDisposable
{
    private const int IoError = 10;
    private const int IoErrorOfSync = 1034;

    private readonly string _root = Directory.CreateTempSubdirectory("memento-sync-").FullName;
    private int _images;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_batch_that_is_acknowledged_after_a_failed_sync_survives_a_power_loss(
        bool isRead)
    {
        var disk = new PowerDisk(static _ => { });
        using var vfs = new PowerLossVfs(disk);
        string real = Directory.CreateDirectory(Path.Combine(_root, "real")).FullName;
        string source = $"Data Source={Path.Combine(real, "movies.db")};Vfs={vfs.Name}";
        await using var storage = new SqliteJournalStorage(source);
        await storage.OpenAsync(Token);
        await storage.CreateTableAsync("t", Token);
        await storage.RaiseEpochAsync("t", 0, Token);
        await WriteAsync(storage, 1);
        await WriteAsync(storage, 2);

        using var reader = new SqliteConnection(source + ";Pooling=False");
        reader.Open();
        storage.Writer.CommitForTests = database =>
        {
            storage.Writer.CommitForTests = null;
            disk.FailsSyncs = true;
            database.Commit();
            disk.FailsSyncs = false;
            if (isRead) Read(reader);
            throw new SqliteException("disk I/O error", IoError, IoErrorOfSync);
        };
        storage.Writer.WriteLogAgain = path =>
        {
            SqliteLogFile.WriteAgain(path);

            // It does not go through SQLite's file system.
            OpenPowerFile log = disk.Open(Path.GetFileName(path), isSyncedWithDirectory: false);
            log.Write(0, File.ReadAllBytes(path));
            log.EndSync(log.BeginSync());
        };

        await WriteAsync(storage, 3);
        Assert.Equal(Documents(3), await FindAsync(disk));

        await WriteAsync(storage, 4);
        Assert.Equal(Documents(4), await FindAsync(disk));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static ValueTask WriteAsync(SqliteJournalStorage storage, int number) =>
        storage.WriteAsync(
            SqliteFile.Batch(number, SqliteFile.Row(number, $"{number}")), Token);

    private static string[] Documents(int last) =>
        [.. Enumerable.Range(1, last).Select(static each => $$"""{"Value":"{{each}}"}""")];

    /// <summary>Reads, and goes on reading what there is now.</summary>
    private static void Read(SqliteConnection reader)
    {
        using SqliteCommand command = reader.CreateCommand();
        command.CommandText = "BEGIN; SELECT count(*) FROM memento_journal";
        command.ExecuteScalar();
    }

    /// <summary>What a power loss leaves, of which nothing is kept that was not synced.</summary>
    private async Task<string[]> FindAsync(PowerDisk disk)
    {
        string directory = Path.Combine(_root, $"image-{++_images}");
        disk.TakePower().WriteTo(directory, new PowerLuck(new Random(1), share: 0, torn: 0));
        await using var found = new SqliteJournalStorage(
            $"Data Source={Path.Combine(directory, "movies.db")}");
        await found.OpenAsync(Token);
        return await SqliteFile.DocumentsAsync(found);
    }
}
