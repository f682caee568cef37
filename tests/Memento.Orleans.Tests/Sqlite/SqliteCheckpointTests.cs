using Memento.Storage.Sqlite;
using Memento.Tests.Conformance;
using Memento.Tests.Journals;

namespace Memento.Tests.Sqlite;

/// <summary>The log is copied into the file beside the batches.</summary>
public sealed class SqliteCheckpointTests
{
    private const int PageSize = 4_096;
    private const int RowPages = 64;
    private const int RowsOfCheckpoint = SqliteCheckpointer.Pages / RowPages;

    private static readonly string Large = new('x', RowPages * PageSize);

    private long _position;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_enough_pages_the_log_is_copied_and_begins_anew()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        for (int round = 1; round <= 3; round++)
        {
            await WriteAsync(storage, RowsOfCheckpoint);
            await CompletedAsync(storage, round);
        }

        long length = LogLength(file);
        Assert.True(length < 2L * SqliteCheckpointer.Pages * PageSize, $"It has {length} bytes.");

        // The last rows may have come after the third copy began. The fourth begins after them.
        // Then all of it is in the main file itself, and the next batch is at the log's beginning.
        int completed = storage.Checkpointer.Completed;
        storage.Writer.WhenWritten!(SqliteCheckpointer.Pages);
        await CompletedAsync(storage, completed + 1);
        string copy = Path.Combine(file.Root, "copy.db");
        File.Copy(file.Path, copy);
        Assert.Equal(_position, file.Scalar("SELECT count(*) FROM t", copy));
        await WriteAsync(storage, 1);
        Assert.Equal(length, LogLength(file));
    }

    [Fact]
    public async Task The_writer_itself_copies_nothing()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        storage.Checkpointer.Dispose();
        await WriteAsync(storage, RowsOfCheckpoint * 2);

        Assert.True(LogLength(file) > 2L * SqliteCheckpointer.Pages * PageSize);
        Assert.Equal(0, storage.Checkpointer.Completed);
    }

    [Fact]
    public async Task The_log_is_copied_when_an_old_reader_has_ended()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        using (var reader = file.Connect())
        {
            using var transaction = reader.BeginTransaction(deferred: true);
            using var command = reader.CreateCommand();
            command.CommandText = "SELECT count(*) FROM t";
            Assert.Equal(0L, command.ExecuteScalar());
            await WriteAsync(storage, RowsOfCheckpoint * 2);
            Assert.Equal(0, storage.Checkpointer.Completed);
            Assert.Equal(0L, command.ExecuteScalar());
        }

        await WriteAsync(storage, RowsOfCheckpoint);
        await CompletedAsync(storage, 1);
    }

    [Fact]
    public async Task A_reader_that_ends_while_the_log_is_copied_does_not_put_it_off()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        await WriteAsync(storage, RowsOfCheckpoint / 2);
        using var reader = file.Connect();
        var transaction = reader.BeginTransaction(deferred: true);
        using (var command = reader.CreateCommand())
        {
            command.CommandText = "SELECT count(*) FROM t";
            Assert.Equal(_position, command.ExecuteScalar());
        }

        await WriteAsync(storage, 1);
        storage.Writer.Hold(() =>
        {
            // With the first pages in the file, it is settled that this copy ends at the reader.
            storage.Writer.WhenWritten!(SqliteCheckpointer.Pages);
            Assert.True(SpinWait.SpinUntil(
                () => new FileInfo(file.Path).Length > RowPages * PageSize, Waiting.Bound));
            transaction.Dispose();
        });
        await CompletedAsync(storage, 1);
    }

    [Fact]
    public async Task A_checkpoint_that_fails_is_told_and_tried_again()
    {
        await using var file = new SqliteFile();
        var log = new ListLogger<SqliteJournalStorage>();
        var storage = await file.OpenAsync(logger: log);
        await WriteAsync(storage, 1);
        string elsewhere = file.Path + ".elsewhere";
        File.Move(file.Path, elsewhere);
        storage.Writer.WhenWritten!(SqliteCheckpointer.Pages);
        await Waiting.UntilAsync(() => log.Lines.Count > 0, "the failure was told");
        File.Move(elsewhere, file.Path);

        storage.Writer.WhenWritten(SqliteCheckpointer.Pages);
        await CompletedAsync(storage, 1);
    }

    [Fact]
    public async Task A_clean_stop_leaves_no_log()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        await WriteAsync(storage, RowsOfCheckpoint + 1);
        await storage.DisposeAsync();

        Assert.False(File.Exists(file.Path + "-wal"));
        Assert.Equal(_position, file.Scalar("SELECT count(*) FROM t"));
    }

    private static long LogLength(SqliteFile file) => new FileInfo(file.Path + "-wal").Length;

    private static Task CompletedAsync(SqliteJournalStorage storage, int times) =>
        Waiting.UntilAsync(
            () => storage.Checkpointer.Completed >= times, "the whole log was copied");

    private async Task WriteAsync(SqliteJournalStorage storage, int rows)
    {
        for (int i = 0; i < rows; i++)
        {
            _position++;
            await storage.WriteAsync(
                SqliteFile.Batch(_position, SqliteFile.Row((int)_position, Large)), Token);
        }
    }
}
