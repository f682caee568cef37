using Memento.Storage.Sqlite;
using Memento.Tests.Sqlite;

namespace Memento.Tests.PowerLoss;

/// <summary>The disk that the power losses are tried on is as bad as a disk may be.</summary>
public sealed class PowerDiskTests : IDisposable
{
    private const int Sector = PowerFile.SectorSize;

    private readonly PowerDisk _disk = new(static _ => { });
    private readonly string _root = Directory.CreateTempSubdirectory("memento-power-").FullName;
    private int _images;

    [Fact]
    public void What_was_synced_is_certain_and_what_came_after_the_beginning_of_the_sync_is_not()
    {
        OpenPowerFile file = _disk.Open("a", isSyncedWithDirectory: true);
        file.Write(0, [1]);
        long upTo = file.BeginSync();
        file.Write(1, [2]);
        file.EndSync(upTo);

        Assert.Equal([1], Find("a", share: 0));
        Assert.Equal([1, 2], Find("a", share: 1));
    }

    [Fact]
    public void A_torn_write_has_whole_sectors()
    {
        OpenPowerFile file = _disk.Open("a", isSyncedWithDirectory: true);
        file.Write(0, new byte[64 * Sector]);
        file.EndSync(file.BeginSync());
        byte[] bytes = new byte[63 * Sector];
        Array.Fill(bytes, (byte)1);
        file.Write(Sector / 2, bytes);

        byte[] found = Find("a", share: 0, torn: 1)!;
        int[] sums = [.. found.Chunk(Sector).Select(static sector => sector.Sum(each => each))];
        Assert.Contains(0, sums[1..^1]);
        Assert.Contains(Sector, sums[1..^1]);
        Assert.All(sums[1..^1], static sum => Assert.True(sum is 0 or Sector));
    }

    [Fact]
    public void A_name_is_certain_when_the_directory_was_synced()
    {
        OpenPowerFile data = _disk.Open("data", isSyncedWithDirectory: false);
        data.Write(0, [1]);
        data.EndSync(data.BeginSync());
        Assert.Null(Find("data", share: 0));

        OpenPowerFile log = _disk.Open("log", isSyncedWithDirectory: true);
        log.EndSync(log.BeginSync());
        Assert.Equal([1], Find("data", share: 0));

        _disk.Delete("data", syncsDirectory: false);
        Assert.Equal([1], Find("data", share: 0));
        Assert.Null(Find("data", share: 1));

        _disk.Delete("log", syncsDirectory: true);
        Assert.Null(Find("data", share: 0));
    }

    [Fact]
    public async Task SQLite_tells_it_everything()
    {
        string place = Path.Combine(_root, "real");
        Directory.CreateDirectory(place);
        string path = Path.Combine(place, "movies.db");
        using var vfs = new PowerLossVfs(_disk);
        await using var storage = new SqliteJournalStorage($"Data Source={path};Vfs={vfs.Name}");
        await storage.OpenAsync(TestContext.Current.CancellationToken);
        await storage.CreateTableAsync("t", TestContext.Current.CancellationToken);
        await storage.RaiseEpochAsync("t", 0, TestContext.Current.CancellationToken);
        for (int i = 1; i < 10; i++)
        {
            await storage.WriteAsync(
                SqliteFile.Batch(i, SqliteFile.Row(i, new string('x', 5_000))),
                TestContext.Current.CancellationToken);
            if (i % 4 == 0) storage.Writer.Read("copy", Copy);
        }

        foreach (string name in (string[])
            ["movies.db", "movies.db-wal", "movies.catalog.db", "movies.catalog.db-wal"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(place, name)), Find(name, share: 1));

        static bool Copy(SqliteDatabase database)
        {
            (int inLog, int copied) = database.CheckpointBeside();
            Assert.Equal(inLog, copied);
            return true;
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>What is found of a file when the power goes now; null if there is none.</summary>
    private byte[]? Find(string name, double share, double torn = 0)
    {
        string directory = Path.Combine(_root, $"image-{++_images}");
        _disk.TakePower().WriteTo(directory, new PowerLuck(new Random(1), share, torn));
        string path = Path.Combine(directory, name);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }
}
