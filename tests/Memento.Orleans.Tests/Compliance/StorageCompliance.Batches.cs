using Memento.Storage;
using static Memento.Tests.Compliance.StorageScene;

namespace Memento.Tests.Compliance;

public abstract partial class StorageCompliance<TStorage>
{
    [Fact]
    public async Task An_entry_that_cannot_be_stored_is_named_and_leaves_nothing_of_its_batch()
    {
        JournalEntry good = _scene.Entry(Row(1, "a"));
        JournalEntry bad = _scene.Entry(Row(2, "b"), Row(3, "c", table: "missing"));
        JournalEntry behind = _scene.Entry(Row(4, "d"));

        EntryRefusedException refused = await Assert.ThrowsAsync<EntryRefusedException>(
            () => _scene.WriteAsync(good, bad, behind));
        Assert.Equal(bad.TransactionId, refused.TransactionId);
        Assert.Contains("missing", refused.Reason.Message, StringComparison.Ordinal);
        await HasRowsAsync();

        await _scene.WriteAsync(good, behind);
        await HasRowsAsync("1=a", "4=d");
    }

    [Fact]
    public async Task A_full_storage_keeps_what_it_has_and_goes_on_once_there_is_room()
    {
        string large = new('x', 4_000);
        int written = 0;
        using (_place.Fill(Storage))
        {
            StorageException? full = null;
            while (full is null)
            {
                Assert.True(written < 1_000, "The storage never became full.");
                try
                {
                    await _scene.WriteAsync(Row(written + 1, large));
                    written++;
                }
                catch (StorageException refused)
                {
                    full = refused;
                }
            }

            Assert.Contains("full", full.Message, StringComparison.Ordinal);
            Assert.Equal(written, (await _scene.RowsAsync()).Length);
        }

        await _scene.WriteAsync(Row(written + 1, large));
        await ReopenAsync();
        Assert.Equal(written + 1, (await _scene.RowsAsync()).Length);
    }

    [Fact]
    public async Task An_entry_empties_tables_before_its_own_rows_and_after_those_before_it()
    {
        await Storage.CreateTableAsync("u", Token);
        await _scene.WriteAsync(
            Row(1, "old"), Row(2, "old", partition: 1), Row(3, "other", table: "u"));

        await _scene.WriteAsync(
            _scene.Entry(Row(4, "before")),
            _scene.Clear(Row(5, "own")),
            _scene.Entry(Row(6, "after")));
        await CheckAsync("5=own", "6=after");

        // The owner is the owner still.
        await _scene.WriteAsync(Row(7, "later"));
        await ReopenAsync();
        await CheckAsync("5=own", "6=after", "7=later");
        await _scene.WriteAsync(_scene.Clear(), _scene.Clear(Row(8, "twice")));
        await CheckAsync("8=twice");

        async Task CheckAsync(params string[] rows)
        {
            await HasRowsAsync(rows);
            Assert.Empty(await _scene.RowsAsync(partition: 1));
            Assert.Equal(["3=other"], await _scene.RowsAsync("u"));
        }
    }

    [Fact]
    public async Task A_batch_that_empties_a_table_and_is_refused_empties_nothing()
    {
        await _scene.WriteAsync(Row(1, "a"));
        var id = Guid.NewGuid();
        await Storage.DecideAsync(id, Token);
        JournalEntry fenced = new()
        {
            TransactionId = Guid.NewGuid(),
            Writes = [],
            Epochs = [new PartitionEpoch("t", 0, _scene.Epoch + 7)],
        };

        await Assert.ThrowsAsync<FencedException>(
            () => _scene.WriteAsync(_scene.Clear(), fenced));
        await Assert.ThrowsAsync<OutcomeDecidedException>(
            () => _scene.WriteAsync(_scene.Clear(), Deciding(id)));
        await Assert.ThrowsAsync<EntryRefusedException>(
            () => _scene.WriteAsync(_scene.Clear(), _scene.Entry(Row(1, "b", "missing"))));

        await HasRowsAsync("1=a");
        await ReopenAsync();
        await HasRowsAsync("1=a");
    }

    [Fact]
    public async Task A_load_that_runs_while_its_table_is_emptied_sees_the_rows_from_before()
    {
        const int count = 5_000;
        await _scene.WriteAsync(
            [.. Enumerable.Range(0, count).Select(static key => Row(key, "old"))]);
        int seen = 0;
        await foreach (StoredRow row in Storage.LoadAsync("t", 0, Token))
        {
            if (seen++ == 0) await _scene.WriteAsync(_scene.Clear(Row(1, "new")));
            Assert.Equal("old", ValueOf(row));
        }

        Assert.Equal(count, seen);
        await HasRowsAsync("1=new");
    }

    [Fact]
    public async Task All_calls_may_be_made_at_once()
    {
        Task[] others =
        [
            .. Enumerable.Range(0, 10).Select(_ => Storage.RaiseEpochAsync("u", 0, Token)),
            .. Enumerable.Range(0, 10).Select(_ => Storage.DecideAsync(Guid.NewGuid(), Token)),
            .. Enumerable.Range(0, 10).Select(
                number => Storage.CreateTableAsync($"other{number % 3}", Token)),
            .. Enumerable.Range(0, 10).Select(
                number => _scene.WriteNoteAsync("n", $$"""{"Number":{{number}}}""")),
        ];
        for (int key = 1; key <= 20; key++)
        {
            await _scene.WriteAsync(Row(key, "a"));
            Assert.Equal(key, (await _scene.RowsAsync()).Length);
        }

        await Task.WhenAll(others);
        Assert.Equal(11, await Storage.RaiseEpochAsync("u", 0, Token));
    }
}
