using Memento.Storage;
using Memento.Tests.Conformance;
using static Memento.Tests.Compliance.StorageScene;

namespace Memento.Tests.Compliance;

public abstract partial class StorageCompliance<TStorage>
{
    [Fact]
    public async Task Owner_numbers_grow_from_one_for_each_partition_and_over_openings()
    {
        Assert.Equal(1, await Storage.RaiseEpochAsync("t", 3, Token));
        Assert.Equal(2, await Storage.RaiseEpochAsync("t", 3, Token));
        Assert.Equal(1, await Storage.RaiseEpochAsync("t", 4, Token));
        Assert.Equal(1, await Storage.RaiseEpochAsync("u", 3, Token));

        await ReopenAsync();
        Assert.Equal(3, await Storage.RaiseEpochAsync("t", 3, Token));
    }

    [Fact]
    public async Task An_owner_number_is_given_to_one_of_those_who_raise_it_at_once()
    {
        Task<long>[] raising =
            [.. Enumerable.Range(0, 20).Select(_ => Storage.RaiseEpochAsync("t", 7, Token))];
        Task<long>[] others =
        [
            .. Enumerable.Range(100, 200).Select(
                partition => Storage.RaiseEpochAsync("t", partition, Token)),
        ];

        Assert.Equal(
            Enumerable.Range(1, 20).Select(static epoch => (long)epoch),
            (await Task.WhenAll(raising)).Order());
        Assert.All(await Task.WhenAll(others), static epoch => Assert.Equal(1, epoch));
    }

    [Fact]
    public async Task A_batch_of_an_earlier_owner_is_refused_with_nothing_of_it_written()
    {
        JournalEntry old = _scene.Entry(Row(2, "old"));
        await _scene.OwnAsync();
        JournalEntry current = _scene.Entry(Row(1, "new"));
        JournalEntry deciding = Deciding(Guid.NewGuid(), Row(3, "outcome"));

        FencedException fenced = await Assert.ThrowsAsync<FencedException>(
            () => _scene.WriteAsync(current, deciding, old));
        Assert.Equal(("t", 0), (fenced.Table, fenced.Partition));
        await HasRowsAsync();

        // Nor is the outcome of another one in it.
        await _scene.WriteAsync(current, deciding);
        await HasRowsAsync("1=new", "3=outcome");
    }

    [Fact]
    public async Task A_batch_that_relies_on_a_partition_which_nobody_owns_is_refused()
    {
        JournalEntry unowned = new()
        {
            TransactionId = Guid.NewGuid(),
            Writes = [Row(1, "a", partition: 7)],
            Epochs = [new PartitionEpoch("t", 0, _scene.Epoch), new PartitionEpoch("t", 7, 1)],
        };

        FencedException fenced = await Assert.ThrowsAsync<FencedException>(
            () => _scene.WriteAsync(unowned));
        Assert.Equal(("t", 7), (fenced.Table, fenced.Partition));
    }

    [Fact]
    public async Task An_owner_from_before_the_opening_is_one_until_there_is_a_newer_one()
    {
        JournalEntry entry = _scene.Entry(Row(1, "a"));
        await Storage.DisposeAsync();
        IJournalStorage reopened = New();
        await reopened.OpenAsync(Token);
        await reopened.WriteAsync(new JournalBatch(1, [entry]), Token);

        await reopened.RaiseEpochAsync("t", 0, Token);
        await Assert.ThrowsAsync<FencedException>(
            async () => await reopened.WriteAsync(new JournalBatch(2, [entry]), Token));
    }

    /// <summary>
    /// Whenever the new owner comes, in the middle of a batch too: it loads all batches of the old
    /// owner that were acknowledged, and no batch comes later.
    /// </summary>
    [Fact]
    public async Task A_new_owner_loads_all_that_the_old_one_wrote_and_no_more_comes()
    {
        for (int round = 0; round < 20; round++)
        {
            StorageScene old = _place.IsShared ? await OpenAsync() : _scene;
            await old.OwnAsync();
            List<JournalEntry> entries =
                [.. Enumerable.Range(1, 200).Select(key => old.Entry(Row(key, $"{round}")))];
            int written = 0;
            var isWriting = new TaskCompletionSource(
                TaskCreationOptions.RunContinuationsAsynchronously);
            Task writing = Task.Run(
                async () =>
                {
                    foreach (JournalEntry entry in entries)
                    {
                        await old.WriteAsync(entry);
                        written++;
                        isWriting.TrySetResult();
                    }
                },
                Token);
            await isWriting.Task.Within();
            await Storage.RaiseEpochAsync("t", 0, Token);
            string[] loaded = await _scene.RowsAsync();

            Exception? end = await Record.ExceptionAsync(() => writing);
            Assert.True(end is null or FencedException, $"{end}");
            Assert.Equal(written, loaded.Count(row => row.EndsWith($"={round}")));
            Assert.Equal(loaded, await _scene.RowsAsync());
        }
    }

    [Fact]
    public async Task The_owner_of_a_dropped_table_stays_fenced_off_when_it_is_made_again()
    {
        JournalEntry entry = _scene.Entry(Row(1, "a"));
        await Storage.DropTableAsync("t", Token);
        await Storage.CreateTableAsync("t", Token);
        await Assert.ThrowsAsync<FencedException>(() => _scene.WriteAsync(entry));

        await _scene.OwnAsync();
        await Assert.ThrowsAsync<FencedException>(() => _scene.WriteAsync(entry));
        await _scene.WriteAsync(Row(2, "new"));
        await HasRowsAsync("2=new");
    }
}
