using Memento.Storage;
using static Memento.Tests.Compliance.StorageScene;

namespace Memento.Tests.Compliance;

public abstract partial class StorageCompliance<TStorage>
{
    [Fact]
    public async Task A_table_that_exists_is_not_made_anew_and_one_that_does_not_is_not_dropped()
    {
        await _scene.WriteAsync(Row(1, "a"));
        await Storage.CreateTableAsync("t", Token);
        await Storage.DropTableAsync("missing", Token);
        await HasRowsAsync("1=a");
    }

    [Fact]
    public async Task A_dropped_table_is_gone_and_made_again_it_is_empty()
    {
        await _scene.WriteAsync(Row(1, "a"), Row(1, "a", partition: 9));
        for (int time = 0; time < 3; time++)
        {
            await Storage.DropTableAsync("t", Token);
            await Storage.DropTableAsync("t", Token);
            StorageException error = await Assert.ThrowsAsync<StorageException>(
                () => _scene.RowsAsync());
            Assert.Contains("'t'", error.Message, StringComparison.Ordinal);

            await Storage.CreateTableAsync("t", Token);
            await HasRowsAsync();
            Assert.Empty(await _scene.RowsAsync(partition: 9));
        }

        await ReopenAsync();
        await HasRowsAsync();
        await _scene.WriteAsync(Row(2, "b"));
        await HasRowsAsync("2=b");
    }

    [Theory]
    [InlineData("Movie$Index_1")]
    [InlineData("select")]
    [InlineData("Größe")]
    [InlineData("a\"; DROP TABLE t; --")]
    [InlineData("a'b")]
    public async Task Any_name_is_the_name_of_a_table(string name)
    {
        await Storage.CreateTableAsync(name, Token);
        await Storage.RaiseEpochAsync(name, 0, Token);
        await _scene.WriteAsync(Row(1, "a", name), Row(2, "b", name));
        await _scene.WriteAsync(Row(1, null, name));
        Assert.Equal(["2=b"], await _scene.RowsAsync(name));

        await Storage.DropTableAsync(name, Token);
        await HasRowsAsync();
    }

    [Fact]
    public async Task A_table_whose_drop_was_lost_is_dropped_when_it_is_asked_for_again()
    {
        foreach (bool isKept in new[] { false, true })
        {
            await _scene.OwnAsync();
            await _scene.WriteAsync(Row(1, "a"));
            using (_place.LoseCommits(Storage, isKept))
            {
                await Assert.ThrowsAsync<StorageException>(
                    () => Storage.DropTableAsync("t", Token));
            }

            await Storage.DropTableAsync("t", Token);
            await Storage.CreateTableAsync("t", Token);
            await HasRowsAsync();
        }
    }

    [Fact]
    public async Task A_note_is_null_until_it_is_written_and_stays_over_reopening()
    {
        string large = $$"""{"Text":"{{new string('ä', 300_000)}}"}""";
        Assert.Null(await _scene.NoteAsync("a"));
        await _scene.WriteNoteAsync("a", """{"Number":1}""");
        await _scene.WriteNoteAsync("sequence-Größe", """{"Number":2}""");
        await _scene.WriteNoteAsync("a", large);

        await ReopenAsync();
        Assert.Equal(large, await _scene.NoteAsync("a"));
        Assert.Equal("""{"Number":2}""", await _scene.NoteAsync("sequence-Größe"));
        Assert.Null(await _scene.NoteAsync("b"));
    }

    [Fact]
    public async Task A_place_that_cannot_be_opened_is_refused_and_opened_once_it_can_be()
    {
        await _scene.WriteAsync(Row(1, "a"));
        await Storage.DisposeAsync();
        await Storage.DisposeAsync();
        IJournalStorage storage = New();
        using (_place.Hide())
            await Assert.ThrowsAsync<StorageException>(() => storage.OpenAsync(Token));

        _scene = await StorageScene.OpenAsync(storage);
        await HasRowsAsync("1=a");
    }

    [Fact]
    public async Task A_second_silo_shares_the_place_or_is_told_who_has_it()
    {
        IJournalStorage second = New();
        if (_place.IsShared)
        {
            StorageScene other = await StorageScene.OpenAsync(second);
            await other.WriteAsync(Row(1, "of the other"));
            await Assert.ThrowsAsync<FencedException>(() => _scene.WriteAsync(Row(1, "a")));
            await HasRowsAsync("1=of the other");
            return;
        }

        StorageException refused = await Assert.ThrowsAsync<StorageException>(
            () => second.OpenAsync(Token));
        Assert.Contains("in use", refused.Message, StringComparison.Ordinal);
        await _scene.WriteAsync(Row(1, "a"));
        await Storage.DisposeAsync();
        _scene = await StorageScene.OpenAsync(second);
        await HasRowsAsync("1=a");
    }

    [Fact]
    public async Task A_call_that_is_cancelled_before_it_begins_does_nothing()
    {
        await _scene.WriteAsync(Row(1, "a"));
        var cancelled = new CancellationToken(canceled: true);
        var id = Guid.NewGuid();
        Func<Task>[] calls =
        [
            () => New().OpenAsync(cancelled),
            () => Storage.ReadNoteAsync("a", cancelled),
            () => Storage.WriteNoteAsync("a", "1"u8.ToArray(), cancelled),
            () => Storage.CreateTableAsync("u", cancelled),
            () => Storage.DropTableAsync("t", cancelled),
            () => Storage.DecideAsync(id, cancelled),
            async () => await Storage.WriteAsync(
                _scene.Batch(_scene.Entry(Row(2, "b"))), cancelled),
            async () =>
            {
                await foreach (StoredRow _ in Storage.LoadAsync("t", 0, cancelled))
                    Assert.Fail("A cancelled load gave a row.");
            },
        ];
        foreach (Func<Task> call in calls)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(call);

        Assert.Null(await _scene.NoteAsync("a"));
        await Assert.ThrowsAsync<StorageException>(() => _scene.RowsAsync("u"));
        await HasRowsAsync("1=a");
        await _scene.WriteAsync(Deciding(id, Row(3, "c")));
        await HasRowsAsync("1=a", "3=c");
    }

    [Fact]
    public async Task A_load_that_is_cancelled_ends_and_leaves_the_storage_as_it_was()
    {
        const int count = 5_000;
        await _scene.WriteAsync(
            [.. Enumerable.Range(0, count).Select(static key => Row(key, "a"))]);
        using var cancelling = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (StoredRow _ in Storage.LoadAsync("t", 0, cancelling.Token))
                await cancelling.CancelAsync();
        });

        Assert.Equal(count, (await _scene.RowsAsync()).Length);
    }
}
