using Memento.Storage;
using Memento.Storage.Sqlite;
using Memento.Tests.Conformance;
using Memento.Tests.Journals;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Memento.Tests.Sqlite;

/// <summary>Emptied and dropped tables: gone in one commit, and their rows behind it.</summary>
public sealed class SqliteClearTests
{
    private const int Rows = 3_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_table_is_emptied_by_one_commit_and_its_rows_are_removed_behind()
    {
        await using var file = new SqliteFile();
        var storage = await FilledAsync(file);
        long before = Commits(file);
        await storage.WriteAsync(Clear(2, SqliteFile.Row(1, "new")), Token);
        Assert.Equal(["{\"Value\":\"new\"}"], await SqliteFile.DocumentsAsync(storage));

        await UntilCleanAsync(file);
        Assert.Equal(["{\"Value\":\"new\"}"], await SqliteFile.DocumentsAsync(storage));
        Assert.True(Commits(file) - before > 2, "All rows went in one piece.");
        await storage.WriteAsync(SqliteFile.Batch(3, SqliteFile.Row(2, "later")), Token);
        Assert.Equal(2, (await SqliteFile.LoadAsync(await ReopenedAsync(file, storage))).Count);
    }

    [Fact]
    public async Task A_dropped_table_can_be_made_again_while_its_rows_are_removed()
    {
        await using var file = new SqliteFile();
        var storage = await FilledAsync(file);
        for (int time = 0; time < 3; time++)
        {
            await storage.DropTableAsync("t", Token);
            await storage.CreateTableAsync("t", Token);
            Assert.Empty(await SqliteFile.LoadAsync(storage));
        }

        await Assert.ThrowsAsync<FencedException>(async () => await storage.WriteAsync(
            SqliteFile.Batch(2, SqliteFile.Row(1, "of an owner from before")), Token));
        await UntilCleanAsync(file);
        Assert.Equal(1L, file.Scalar(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 't'"));
    }

    [Fact]
    public async Task A_batch_that_empties_a_table_and_fails_empties_nothing()
    {
        await using var file = new SqliteFile();
        var storage = await FilledAsync(file);
        var fenced = new JournalEntry
        {
            TransactionId = Guid.NewGuid(),
            Writes = [],
            Epochs = [new PartitionEpoch("t", 0, 7)],
        };
        await Assert.ThrowsAsync<FencedException>(async () => await storage.WriteAsync(
            new JournalBatch(2, [.. Clear(2).Entries, fenced]), Token));
        storage.Writer.CommitForTests = static database =>
        {
            database.Rollback();
            throw new SqliteException("disk I/O error", 10, 10);
        };
        await Assert.ThrowsAnyAsync<Exception>(
            async () => await storage.WriteAsync(Clear(2), Token));
        storage.Writer.CommitForTests = null;

        Assert.Equal(Rows, (await SqliteFile.LoadAsync(storage)).Count);
        Assert.Equal(
            Rows, (await SqliteFile.LoadAsync(await ReopenedAsync(file, storage))).Count);
        await UntilCleanAsync(file);
    }

    [Fact]
    public async Task A_view_over_a_table_goes_on_with_the_one_that_takes_its_place()
    {
        await using var file = new SqliteFile();
        var storage = await FilledAsync(file);
        file.Scalar("CREATE VIEW v AS SELECT doc FROM t");
        await storage.WriteAsync(Clear(2, SqliteFile.Row(1, "cleared")), Token);
        await UntilCleanAsync(file);
        Assert.Equal("{\"Value\":\"cleared\"}", file.Scalar("SELECT doc FROM v"));

        await storage.WriteAsync(Clear(3, SqliteFile.Row(1, "again")), Token);
        await UntilCleanAsync(file);
        Assert.Equal("{\"Value\":\"again\"}", file.Scalar("SELECT doc FROM v"));

        await storage.DropTableAsync("t", Token);
        await UntilCleanAsync(file);
        await storage.CreateTableAsync("other", Token);
        await storage.DropTableAsync("other", Token);
        await storage.CreateTableAsync("t", Token);
        Assert.Equal(0L, file.Scalar("SELECT count(*) FROM v"));
    }

    [Fact]
    public async Task A_table_that_cannot_be_emptied_fails_only_the_commit_that_empties_it()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        await storage.CreateTableAsync("other", Token);
        file.Scalar("DROP TABLE t");
        file.Scalar("CREATE VIEW t AS SELECT doc FROM other");
        var clear = Clear(1).Entries[0];
        var other = SqliteFile.Entry(SqliteFile.Row(1, "kept", "other"));

        var refused = await Assert.ThrowsAsync<EntryRefusedException>(
            async () => await storage.WriteAsync(new JournalBatch(1, [other, clear]), Token));
        Assert.Equal(clear.TransactionId, refused.TransactionId);
        await storage.WriteAsync(new JournalBatch(1, [other]), Token);
        Assert.Single(await SqliteFile.LoadAsync(storage, "other"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Rows / 2)]
    [InlineData(Rows)]
    public async Task What_a_crash_left_of_an_emptied_table_goes_after_the_next_start(int removed)
    {
        await using var file = new SqliteFile();
        await (await FilledAsync(file)).DisposeAsync();

        // The content of the file after the commit that empties the table, and some pieces.
        file.Scalar("ALTER TABLE t RENAME TO memento_trash_5");
        file.Scalar(
            """
            CREATE TABLE t (partition INTEGER NOT NULL, key BLOB NOT NULL, doc TEXT NOT NULL,
                PRIMARY KEY (partition, key)) WITHOUT ROWID
            """);
        file.Scalar(
            "DELETE FROM memento_trash_5 WHERE key IN "
            + $"(SELECT key FROM memento_trash_5 LIMIT {removed})");

        var storage = file.New();
        await storage.OpenAsync(Token);
        Assert.Empty(await SqliteFile.LoadAsync(storage));
        await UntilCleanAsync(file);
        Assert.Empty(await SqliteFile.LoadAsync(await ReopenedAsync(file, storage)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_log_that_fails_ends_neither_the_removal_nor_a_commit(bool isOfADrop)
    {
        await using var file = new SqliteFile();
        var time = new FakeTimeProvider();
        var log = new ListLogger<SqliteJournalStorage> { IsBroken = true };
        var storage = await FilledAsync(file, time, log);
        int commits = 0;
        storage.Writer.CommitForTests = database =>
        {
            if (Interlocked.Increment(ref commits) == 1)
            {
                database.Commit();
                return;
            }

            throw new SqliteException("disk I/O error, says the test", 10, 10);
        };
        if (isOfADrop)
            await storage.DropTableAsync("t", Token);
        else
            await storage.WriteAsync(Clear(2), Token);
        await Waiting.UntilAsync(() => log.Lines.Count > 0, "the failure was told");
        storage.Writer.CommitForTests = null;

        await Waiting.UntilAsync(
            () =>
            {
                time.Advance(SqliteCleaner.RetryPause);
                return IsClean(file);
            },
            "the rows of the old table are removed");
        await storage.CreateTableAsync("t", Token);
        Assert.Empty(await SqliteFile.LoadAsync(await ReopenedAsync(file, storage)));
    }

    [Fact]
    public async Task A_stop_does_not_wait_until_all_rows_are_removed()
    {
        await using var file = new SqliteFile();
        var storage = await FilledAsync(file);
        await storage.WriteAsync(Clear(2), Token);
        await storage.DisposeAsync();

        var reopened = file.New();
        await reopened.OpenAsync(Token);
        await UntilCleanAsync(file);
        Assert.Empty(await SqliteFile.LoadAsync(reopened));
    }

    private static JournalBatch Clear(long position, params RowWrite[] writes) => new(
        position,
        [
            new JournalEntry
            {
                TransactionId = Guid.NewGuid(),
                Clears = ["t"],
                Writes = writes,
                Epochs = [new PartitionEpoch("t", 0, 1)],
            },
        ]);

    private static async Task<SqliteJournalStorage> FilledAsync(
        SqliteFile file, TimeProvider? time = null, ILogger<SqliteJournalStorage>? log = null)
    {
        var storage = await file.OpenAsync(timeProvider: time, logger: log);
        RowWrite[] rows = [.. Enumerable.Range(0, Rows).Select(key => SqliteFile.Row(key, "old"))];
        await storage.WriteAsync(SqliteFile.Batch(1, rows), Token);
        return storage;
    }

    private static async Task<SqliteJournalStorage> ReopenedAsync(
        SqliteFile file, SqliteJournalStorage storage)
    {
        await storage.DisposeAsync();
        var reopened = file.New();
        await reopened.OpenAsync(Token);
        return reopened;
    }

    private static Task UntilCleanAsync(SqliteFile file) =>
        Waiting.UntilAsync(() => IsClean(file), "the rows of the old table are removed");

    private static bool IsClean(SqliteFile file) => file.Scalar(
        "SELECT count(*) FROM sqlite_schema WHERE name GLOB 'memento_trash_*'") is 0L;

    private static long Commits(SqliteFile file) =>
        (long)file.Scalar("SELECT batch FROM memento_journal")!;
}
