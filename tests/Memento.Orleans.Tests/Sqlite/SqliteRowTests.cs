namespace Memento.Tests.Sqlite;

public sealed class SqliteRowTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

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
}
