using System.Text;
using System.Text.Json;
using Memento.Storage;
using Memento.Tests.Compliance;

namespace Memento.Tests.PostgreSql;

/// <summary>What only PostgreSQL does with documents and tables.</summary>
public sealed class PostgresRowTests : IAsyncLifetime
{
    private readonly PostgresUnderTest _place = new();
    private IJournalStorage _storage = null!;
    private StorageScene _scene = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _storage = _place.Create();
        _scene = await StorageScene.OpenAsync(_storage);
    }

    public async ValueTask DisposeAsync()
    {
        await _storage.DisposeAsync();
        await _place.DisposeAsync();
    }

    [Fact]
    public async Task Any_SQL_tool_reads_the_documents()
    {
        await _scene.WriteAsync(StorageScene.Row(1, "Rush"), StorageScene.Row(2, "Heat"));

        Assert.Equal(1L, _place.Execute(
            """
            SELECT count(*) FROM memento.t
            WHERE doc @> '{"Value":"Rush"}' AND partition = 0
            """));
    }

    [Theory]
    [InlineData("1.10")]
    [InlineData("0.0000000000000000000000000001")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("1.000")]
    public async Task A_decimal_keeps_its_trailing_zeros(string number)
    {
        await _scene.WriteAsync(
            new RowWrite("t", 0, [1], Encoding.UTF8.GetBytes($$"""{"Price":{{number}}}""")));

        using JsonDocument document = JsonDocument.Parse((await LoadAsync()).Document);
        Assert.Equal(number, document.RootElement.GetProperty("Price").GetRawText());
    }

    [Fact]
    public async Task A_document_with_the_character_zero_is_refused_alone_and_says_so()
    {
        JournalEntry good = _scene.Entry(StorageScene.Row(1, "a"));
        JournalEntry bad = _scene.Entry(StorageScene.Row(2, "b\0c"));

        EntryRefusedException refused = await Assert.ThrowsAsync<EntryRefusedException>(
            () => _scene.WriteAsync(good, bad));
        Assert.Equal(bad.TransactionId, refused.TransactionId);
        Assert.Contains("U+0000", refused.Reason.Message, StringComparison.Ordinal);

        await _scene.WriteAsync(good);
        Assert.Equal(["1=a"], await _scene.RowsAsync());
    }

    [Fact]
    public async Task A_name_that_PostgreSQL_would_cut_short_is_refused()
    {
        StorageException refused = await Assert.ThrowsAsync<StorageException>(
            () => _storage.CreateTableAsync(new string('a', 64), Token));
        Assert.Contains("Rename", refused.Message, StringComparison.Ordinal);
        await _storage.CreateTableAsync(new string('a', 63), Token);
    }

    [Fact]
    public async Task A_table_of_another_program_is_refused_and_left_alone()
    {
        _place.Execute("""CREATE TABLE memento."Movie" (title text)""");

        StorageException refused = await Assert.ThrowsAsync<StorageException>(
            () => _storage.CreateTableAsync("Movie", Token));
        Assert.Contains("did not make", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0L, _place.Execute("""SELECT count(title) FROM memento."Movie" """));
    }

    [Fact]
    public async Task An_emptied_table_that_nobody_reads_gives_its_room_back_at_once()
    {
        await _scene.WriteAsync(
            [.. Enumerable.Range(0, 5_000).Select(static key => StorageScene.Row(key, "old"))]);

        await _scene.WriteAsync(_scene.Clear());

        Assert.Equal(0L, _place.Execute("SELECT pg_relation_size('memento.t')"));
    }

    private async Task<StoredRow> LoadAsync()
    {
        List<StoredRow> rows = [];
        await foreach (StoredRow row in _storage.LoadAsync("t", 0, Token))
            rows.Add(row);
        return Assert.Single(rows);
    }
}
