using System.Text;
using Memento.Storage;

namespace Memento.Tests.Sqlite;

public sealed class SqliteRowTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_written_is_loaded_again_and_after_reopening_too()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        byte[] document = Encoding.UTF8.GetBytes("""{"Title":"Amélie \"le\" 日本 🎬"}""");
        byte[] key = [0, 255, 1];
        await storage.WriteAsync(
            SqliteFile.Batch(1, new RowWrite("t", 0, key, document)), Token);
        await CheckAsync(storage);

        await storage.DisposeAsync();
        await CheckAsync(await Reopened(file));

        async Task CheckAsync(IJournalStorage opened)
        {
            var row = Assert.Single(await SqliteFile.LoadAsync(opened));
            Assert.Equal(key, row.Key);
            Assert.Equal(document, row.Document);
        }
    }

    [Fact]
    public async Task A_row_is_text_that_an_SQL_tool_reads()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        await storage.WriteAsync(SqliteFile.Batch(1, SqliteFile.Row(1, "x")), Token);
        Assert.Equal("text", file.Scalar("SELECT typeof(doc) FROM t"));
        Assert.Equal("blob", file.Scalar("SELECT typeof(key) FROM t"));
        Assert.Equal("x", file.Scalar("SELECT doc ->> 'Value' FROM t"));
    }

    [Fact]
    public async Task Rows_are_loaded_in_the_order_of_their_key_bytes_and_of_one_partition()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        byte[][] keys = [[255], [], [0, 0], [127, 255], [0], [128], [1, 0], [127]];
        var writes = keys.Select(key => new RowWrite("t", 0, key, "1"u8.ToArray()))
            .Append(new RowWrite("t", 1, [9], "1"u8.ToArray()));
        await storage.WriteAsync(SqliteFile.Batch(1, [.. writes]), Token);

        var rows = await SqliteFile.LoadAsync(storage);
        var loaded = rows.Select(row => Convert.ToHexString(row.Key));
        Assert.Equal(["", "00", "0000", "0100", "7F", "7FFF", "80", "FF"], loaded);
        Assert.Single(await SqliteFile.LoadAsync(storage, partition: 1));
        Assert.Empty(await SqliteFile.LoadAsync(storage, partition: 2));
    }

    [Fact]
    public async Task The_rows_of_a_batch_are_applied_in_order()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        var batch = new JournalBatch(
            1,
            [
                SqliteFile.Entry(
                    SqliteFile.Row(1, "a"), SqliteFile.Row(1, null), SqliteFile.Row(2, "a")),
                SqliteFile.Entry(SqliteFile.Row(2, null), SqliteFile.Row(1, "b")),
                SqliteFile.Entry(SqliteFile.Row(1, "c"), SqliteFile.Row(3, null)),
            ]);
        await storage.WriteAsync(batch, Token);
        Assert.Equal(["""{"Value":"c"}"""], await SqliteFile.DocumentsAsync(storage));
    }

    [Fact]
    public async Task A_hundred_thousand_rows_are_loaded()
    {
        const int Count = 100_000;
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        var writes = Enumerable.Range(0, Count).Select(key => SqliteFile.Row(key, $"{key}"));
        await storage.WriteAsync(SqliteFile.Batch(1, [.. writes]), Token);

        var rows = await SqliteFile.LoadAsync(storage);
        Assert.Equal(Count, rows.Count);
        for (int key = 0; key < Count; key++)
            Assert.Equal(SqliteFile.Row(key, $"{key}").Document, rows[key].Document);
    }

    [Fact]
    public async Task A_load_sees_one_moment_while_batches_go_on()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        var writes = Enumerable.Range(0, 5_000).Select(key => SqliteFile.Row(key, "old"));
        await storage.WriteAsync(SqliteFile.Batch(1, [.. writes]), Token);

        int old = 0;
        await foreach (var row in storage.LoadAsync("t", 0, Token))
        {
            if (old == 0)
            {
                var later = Enumerable.Range(0, 5_001).Select(key => SqliteFile.Row(key, "new"));
                await storage.WriteAsync(SqliteFile.Batch(2, [.. later]), Token);
            }

            Assert.Equal(SqliteFile.Document("old"), row.Document);
            old++;
        }

        Assert.Equal(5_000, old);
        Assert.Equal(5_001, (await SqliteFile.LoadAsync(storage)).Count);
    }

    [Fact]
    public async Task Many_partitions_are_loaded_at_once_and_some_not_to_their_end()
    {
        const int partitions = 64;
        const int rows = 1_500;
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        var writes = Enumerable.Range(0, rows)
            .Select(key => new RowWrite(
                "t", key % partitions, [(byte)(key >> 8), (byte)key], "1"u8.ToArray()))
            .Concat(Enumerable.Range(0, rows).Select(
                key => new RowWrite(
                    "t", partitions, [(byte)(key >> 8), (byte)key], "1"u8.ToArray())));
        await storage.WriteAsync(SqliteFile.Batch(1, [.. writes]), Token);

        for (int time = 0; time < 3; time++)
        {
            await foreach (var row in storage.LoadAsync("t", partitions, Token))
            {
                Assert.Equal([0, 0], row.Key);
                break;
            }

            List<StoredRow>[] loaded = await Task.WhenAll(Enumerable.Range(0, partitions + 1)
                .Select(partition => SqliteFile.LoadAsync(storage, partition: partition)));
            Assert.Equal(rows, loaded[..partitions].Sum(each => each.Count));
            Assert.Equal(rows, loaded[partitions].Count);
            await Assert.ThrowsAsync<StorageException>(
                () => SqliteFile.LoadAsync(storage, table: "missing"));
        }
    }

    [Fact]
    public async Task An_entry_that_fails_leaves_nothing_of_its_batch()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        var batch = new JournalBatch(
            1,
            [
                SqliteFile.Entry(SqliteFile.Row(1, "a")),
                SqliteFile.Entry(SqliteFile.Row(2, "b", table: "missing")),
            ]);
        var error = await Assert.ThrowsAsync<EntryRefusedException>(
            async () => await storage.WriteAsync(batch, Token));
        Assert.Contains("missing", error.Message, StringComparison.Ordinal);
        Assert.Empty(await SqliteFile.LoadAsync(storage));

        await storage.WriteAsync(SqliteFile.Batch(1, SqliteFile.Row(3, "c")), Token);
        Assert.Single(await SqliteFile.LoadAsync(storage));
    }

    [Theory]
    [InlineData("Movie$Index_1")]
    [InlineData("select")]
    [InlineData("Größe")]
    [InlineData("a\"; DROP TABLE t; --")]
    public async Task Any_name_of_a_table_is_quoted(string name)
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        await storage.CreateTableAsync(name, Token);
        await storage.CreateTableAsync(name, Token);
        await storage.WriteAsync(SqliteFile.Batch(1, SqliteFile.Row(1, "a", name)), Token);
        await storage.WriteAsync(SqliteFile.Batch(2, SqliteFile.Row(1, null, name)), Token);
        Assert.Empty(await SqliteFile.LoadAsync(storage, name));
        await storage.DropTableAsync(name, Token);
        await storage.DropTableAsync(name, Token);
        Assert.Empty(await SqliteFile.LoadAsync(storage));
    }

    [Theory]
    [InlineData("memento_epoch", "reserved")]
    [InlineData("sqlite_x", "reserved")]
    [InlineData("T", "case")]
    public async Task A_name_that_SQLite_would_confuse_is_refused(string name, string reason)
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        var error = await Assert.ThrowsAsync<StorageException>(
            () => storage.CreateTableAsync(name, Token));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains(file.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_made_by_somebody_else_is_refused()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        file.Scalar("CREATE TABLE own (a, b)");
        var error = await Assert.ThrowsAsync<StorageException>(
            () => storage.CreateTableAsync("own", Token));
        Assert.Contains("did not make", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dropped_table_is_gone_and_made_again_it_is_empty()
    {
        await using var file = new SqliteFile();
        var storage = await file.OpenAsync();
        await storage.WriteAsync(SqliteFile.Batch(1, SqliteFile.Row(1, "a")), Token);
        await storage.DropTableAsync("t", Token);
        var error = await Assert.ThrowsAsync<StorageException>(() => SqliteFile.LoadAsync(storage));
        Assert.Contains("no table 't'", error.Message, StringComparison.Ordinal);

        await storage.CreateTableAsync("t", Token);
        Assert.Empty(await SqliteFile.LoadAsync(storage));
    }

    private static async Task<IJournalStorage> Reopened(SqliteFile file)
    {
        var storage = file.New();
        await storage.OpenAsync(Token);
        return storage;
    }
}
