using Memento.Storage;
using Memento.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Memento.Tests.Sqlite;

public sealed class SqliteFailureTests
{
    private const int IoError = 10;
    private const int IoErrorOfSync = 1034;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_file_fails_the_batch_and_takes_the_next_once_there_is_room()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        LimitPages(storage, 40);
        long acknowledged = await FillAsync(storage, "the disk is full");

        Assert.Equal(acknowledged, (await SqliteFile.LoadAsync(storage)).Count);
        var freed = Enumerable.Range(1, (int)acknowledged).Select(key => SqliteFile.Row(key, null));
        await storage.WriteAsync(SqliteFile.Batch(acknowledged + 1, [.. freed]), Token);
        await storage.WriteAsync(
            SqliteFile.Batch(acknowledged + 2, SqliteFile.Row(1, "on")), Token);
        Assert.Equal(["""{"Value":"on"}"""], await SqliteFile.DocumentsAsync(storage));
    }

    [Fact]
    public async Task A_full_disk_fails_the_batch_and_keeps_what_was_acknowledged()
    {
        await using var file = new SqliteFile();
        string directory = file.Mount("size=2m");
        string path = Path.Combine(directory, "movies.db");
        var storage = await file.OpenAsync(path);
        long acknowledged = await FillAsync(storage, "the disk is full");

        file.Remount(directory, "size=8m");
        Assert.Equal(acknowledged, (await SqliteFile.LoadAsync(storage)).Count);
        await storage.WriteAsync(
            SqliteFile.Batch(acknowledged + 1, SqliteFile.Row(1_000_000, "on")), Token);
        await storage.DisposeAsync();

        var reopened = file.New(path);
        await reopened.OpenAsync(Token);
        Assert.Equal(acknowledged + 1, (await SqliteFile.LoadAsync(reopened)).Count);
    }

    [Fact]
    public async Task A_file_locked_by_another_program_fails_after_the_busy_timeout()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync(busyTimeout: TimeSpan.FromMilliseconds(50));
        using (var other = file.Connect())
        {
            using var transaction = other.BeginTransaction();
            var error = await FailsAsync(storage, 1);
            Assert.Contains("locked", error.Message, StringComparison.Ordinal);
            Assert.Contains("00:00:00.05", error.Message, StringComparison.Ordinal);
            Assert.Empty(await SqliteFile.LoadAsync(storage));
        }

        await storage.WriteAsync(SqliteFile.Batch(1, SqliteFile.Row(1, "a")), Token);
        Assert.Single(await SqliteFile.LoadAsync(storage));
    }

    [Fact]
    public async Task A_program_that_reads_the_file_holds_no_batch_up()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync(busyTimeout: TimeSpan.FromMilliseconds(1));
        using var reader = file.Connect();
        using var transaction = reader.BeginTransaction(deferred: true);
        using var command = reader.CreateCommand();
        command.CommandText = "SELECT count(*) FROM t";
        Assert.Equal(0L, command.ExecuteScalar());
        string large = new('x', 40_000);
        for (int key = 1; key <= 500; key++)
            await storage.WriteAsync(SqliteFile.Batch(key, SqliteFile.Row(key, large)), Token);

        // More than a checkpoint's worth was written meanwhile, and it still reads its own moment.
        Assert.True(new FileInfo(file.Path + "-wal").Length > 16 << 20);
        Assert.Equal(0L, command.ExecuteScalar());
        Assert.Equal(500, (await SqliteFile.LoadAsync(storage)).Count);
    }

    [Fact]
    public async Task A_commit_that_failed_but_is_in_is_acknowledged()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        FailCommits(storage, 1, database => database.Commit());
        await storage.WriteAsync(SqliteFile.Batch(1, SqliteFile.Row(1, "a")), Token);
        Assert.Single(await SqliteFile.LoadAsync(storage));
    }

    [Fact]
    public async Task A_commit_that_failed_and_is_not_in_fails_the_batch()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        FailCommits(storage, 1, database => database.Rollback());
        var error = await FailsAsync(storage, 1);
        Assert.Contains("the disk reported an error", error.Message, StringComparison.Ordinal);
        Assert.Contains(file.Path, error.Message, StringComparison.Ordinal);
        Assert.Empty(await SqliteFile.LoadAsync(storage));
        await storage.WriteAsync(SqliteFile.Batch(1, SqliteFile.Row(2, "b")), Token);
        Assert.Single(await SqliteFile.LoadAsync(storage));
    }

    [Fact]
    public async Task A_commit_that_did_not_begin_fails_the_batch_and_is_rolled_back()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        FailCommits(storage, 1, _ => { });
        await FailsAsync(storage, 1);
        Assert.Empty(await SqliteFile.LoadAsync(storage));
        await storage.WriteAsync(SqliteFile.Batch(1, SqliteFile.Row(2, "b")), Token);
    }

    [Fact]
    public async Task Settling_is_tried_again_on_a_new_connection()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        FailCommits(storage, 3, database => database.Rollback());
        await FailsAsync(storage, 1);
        Assert.Empty(await SqliteFile.LoadAsync(storage));
    }

    [Fact]
    public async Task A_row_that_SQLite_cannot_hold_names_its_transaction()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        storage.Writer.Run("limit", null, static database =>
        {
            database.Execute(
                """
                CREATE TRIGGER no BEFORE INSERT ON t WHEN NEW.doc LIKE '%poison%'
                BEGIN SELECT RAISE(ABORT, 'no poison'); END
                """);
            return true;
        });
        JournalEntry good = SqliteFile.Entry(SqliteFile.Row(1, "good"));
        JournalEntry bad = SqliteFile.Entry(SqliteFile.Row(2, "poison"));

        var refused = await Assert.ThrowsAsync<EntryRefusedException>(async () =>
            await storage.WriteAsync(new JournalBatch(1, [good, bad]), Token));

        Assert.Equal(bad.TransactionId, refused.TransactionId);
        Assert.Contains("no poison", refused.Reason.Message, StringComparison.Ordinal);
        Assert.Contains(file.Path, refused.Reason.Message, StringComparison.Ordinal);
        Assert.Empty(await SqliteFile.LoadAsync(storage));
        await storage.WriteAsync(new JournalBatch(1, [good]), Token);
        Assert.Single(await SqliteFile.LoadAsync(storage));
    }

    [Fact]
    public async Task An_epoch_whose_raise_is_in_doubt_is_read_back()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        FailCommits(storage, int.MaxValue, database => database.Rollback());
        await Assert.ThrowsAsync<StorageException>(() => storage.RaiseEpochAsync("t", 0, Token));
        storage.Writer.CommitForTests = null;
        await storage.WriteAsync(SqliteFile.Batch(1, SqliteFile.Row(1, "a")), Token);
        Assert.Equal(2, await storage.RaiseEpochAsync("t", 0, Token));
    }

    [Fact]
    public async Task A_broken_connection_is_opened_again()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        Assert.Throws<StorageException>(() => storage.Writer.Run<int>(
            "break", null, _ => throw new SqliteException("disk I/O error", IoError, IoError)));
        await storage.WriteAsync(SqliteFile.Batch(1, SqliteFile.Row(1, "a")), Token);
        Assert.Single(await SqliteFile.LoadAsync(storage));
    }

    [Fact]
    public async Task A_file_that_was_removed_while_in_use_is_reported_and_not_made_anew()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        File.Delete(file.Path);
        var error = await FailsAsync(storage, 1);
        Assert.Contains("removed while it was in use", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(file.Path));
    }

    [Fact]
    public async Task A_file_that_was_replaced_is_not_written_after_a_reopening()
    {
        await using var file = new SqliteFile();
        string other = Path.Combine(file.Root, "other.db");
        var twin = await file.OpenAsync(other);
        await twin.DisposeAsync();
        await twin.DisposeAsync();
        var again = file.New(other);
        await again.OpenAsync(Token);
        await again.DisposeAsync();

        var storage = await file.OpenAsync();
        Assert.Throws<StorageException>(() => storage.Writer.Run<int>(
            "break", null, _ => throw new SqliteException("disk I/O error", IoError, IoError)));
        File.Delete(file.Path);
        File.Copy(other, file.Path);
        var error = await FailsAsync(storage, 1);
        Assert.Contains("replaced", error.Message, StringComparison.Ordinal);
    }

    private static async Task<StorageException> FailsAsync(
        SqliteJournalStorage storage, long position) =>
        await Assert.ThrowsAsync<StorageException>(async () => await storage.WriteAsync(
            SqliteFile.Batch(position, SqliteFile.Row(1, "a")), Token));

    /// <summary>
    /// Writes rows of 4 KB until one fails, for the number that were acknowledged.
    /// </summary>
    private static async Task<long> FillAsync(SqliteJournalStorage storage, string reason)
    {
        string value = new('x', 4_000);
        for (int key = 1; ; key++)
        {
            Assert.True(key < 10_000, "The storage never became full.");
            try
            {
                await storage.WriteAsync(SqliteFile.Batch(key, SqliteFile.Row(key, value)), Token);
            }
            catch (StorageException error)
            {
                Assert.Contains(reason, error.Message, StringComparison.Ordinal);
                Assert.True(key > 1);
                return key - 1;
            }
        }
    }

    private static void LimitPages(SqliteJournalStorage storage, int pages) =>
        storage.Writer.Run(
            "limit", null, database => database.Scalar($"PRAGMA max_page_count = {pages}"));

    /// <summary>Lets commits do something and then report that the sync failed.</summary>
    private static void FailCommits(
        SqliteJournalStorage storage, int times, Action<SqliteDatabase> instead)
    {
        storage.Writer.CommitForTests = database =>
        {
            if (times == 0)
            {
                database.Commit();
                return;
            }

            times--;
            instead(database);
            throw new SqliteException("disk I/O error", IoError, IoErrorOfSync);
        };
    }
}
