using Memento.Tests.Sqlite;

namespace Memento.Tests.Faults;

/// <summary>
/// An exception of a record's own code is thrown where the record is written. The commit and its
/// undoing use the bytes that were encoded then.
/// </summary>
public sealed class ThrowingGetterTests : IAsyncDisposable
{
    public ValueTask DisposeAsync()
    {
        Mood.IsBad = false;
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_getter_that_throws_after_the_write_does_not_keep_it_from_being_committed()
    {
        await using var store = await StartAsync();
        await store.WriteAsync(new Moody { Id = 1, Value = 1, Rank = 1 });
        await store.Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Moody { Id = 1, Value = 2, Rank = 2 });
            await tx.DeleteAsync<Moody>(2);
            Mood.IsBad = true;
        }).WaitAsync(FaultyStore.LongestWait);
        Mood.IsBad = false;

        store.CheckIdle();
        Assert.Equal(2, (await store.ReadAsync<Moody>(1)).Value);
        Assert.Equal(new[] { 1 }, await KeysOfRankAsync(store, 2));
        Assert.Empty(await KeysOfRankAsync(store, 1));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(0)]
    public async Task A_key_that_throws_after_the_write_does_not_keep_its_number_from_being_seen(
        long id)
    {
        await using var store = await StartAsync();
        MoodyNumber? written = null;
        await store.Memento.TransactionAsync(async tx =>
        {
            written = await tx.WriteAsync(new MoodyNumber { Id = id });
            Mood.IsBad = true;
        }).WaitAsync(FaultyStore.LongestWait);
        Mood.IsBad = false;

        store.CheckIdle();
        MoodyNumber next = await store.Memento.TransactionAsync(
            async tx => await tx.WriteAsync(new MoodyNumber()));
        Assert.Equal(written!.Id + 1, next.Id);
    }

    [Fact]
    public async Task A_getter_that_throws_does_not_keep_a_failed_batch_from_being_taken_back()
    {
        await using var store = await StartAsync();
        await store.WriteAsync(new Moody { Id = 1, Value = 1, Rank = 1 });
        store.Faults.Block();
        Task writing = store.WriteAsync(new Moody { Id = 1, Value = 2, Rank = 2 });
        await store.Faults.Reached.WaitAsync(FaultyStore.LongestWait);
        Mood.IsBad = true;
        store.Faults.FailNext(FaultyStorage.DiskFailure);
        store.Faults.Unblock();
        await Assert.ThrowsAsync<StorageException>(() => writing);
        Mood.IsBad = false;

        store.CheckIdle();
        Assert.Equal(1, (await store.ReadAsync<Moody>(1)).Value);
        Assert.Equal(new[] { 1 }, await KeysOfRankAsync(store, 1));
        Assert.Empty(await KeysOfRankAsync(store, 2));
    }

    [Fact]
    public async Task A_getter_that_throws_in_the_write_ends_the_write_and_nothing_else()
    {
        await using var store = await StartAsync();
        await store.Memento.TransactionAsync(async tx =>
        {
            Mood.IsBad = true;
            await Assert.ThrowsAnyAsync<Exception>(
                async () => await tx.WriteAsync(new Moody { Id = 1, Value = 1, Rank = 1 }));
            Mood.IsBad = false;
            await tx.WriteAsync(new Moody { Id = 2, Value = 2, Rank = 2 });
        }).WaitAsync(FaultyStore.LongestWait);

        store.CheckIdle();
        Assert.Equal([2], (await store.AllAsync<Moody>()).Select(static each => each.Id));
    }

    private static Task<FaultyStore> StartAsync()
        => FaultyStore.StartAsync<SqliteUnderTest>(
            static memento => memento.AddTable<Moody>().AddTable<MoodyNumber>());

    private static Task<int[]> KeysOfRankAsync(FaultyStore store, int rank)
        => store.Memento.TransactionAsync(async tx =>
        {
            IReadOnlyList<Moody> found =
                await tx.SelectAsync<Moody>(each => each.Rank == rank);
            return found.Select(static each => each.Id).ToArray();
        }).WaitAsync(FaultyStore.LongestWait);
}
