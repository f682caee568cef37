using Memento.Tests.Compliance;

namespace Memento.Tests.Faults;

/// <summary>A table whose deletion has begun, and could not be completed.</summary>
public abstract class HalfDeletedTableTests<TStorage>
    where TStorage : StorageUnderTest, new()
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_comes_back_empty(bool isRepeated)
    {
        await using FaultyStore store = await FaultyStore.StartAsync<TStorage>();
        await store.WriteAsync(new DiskAccount { Id = 1, Balance = 10 });
        store.Faults.DropFault = static () => FaultyStorage.DiskFailure;
        await Assert.ThrowsAsync<StorageException>(() => DeleteAsync(store));
        await Assert.ThrowsAsync<TableNotFoundException>(() => store.AllAsync<DiskAccount>());

        // As long as the cause lasts, it is not made again.
        await Assert.ThrowsAsync<StorageException>(() => CreateAsync(store));

        store.Faults.DropFault = null;
        if (isRepeated)
        {
            await DeleteAsync(store);
            await Assert.ThrowsAsync<TableNotFoundException>(() => DeleteAsync(store));
        }

        await CreateAsync(store);
        Assert.Empty(await store.AllAsync<DiskAccount>());
        await store.WriteAsync(new DiskAccount { Id = 2, Balance = 20 });

        await store.RestartAsync();
        Assert.Equal(2, Assert.Single(await store.AllAsync<DiskAccount>()).Id);
    }

    [Fact]
    public async Task A_beginning_that_is_kept_is_ended_whatever_the_storage_said()
    {
        await using FaultyStore store = await FaultyStore.StartAsync<TStorage>();
        await WriteBothAsync(store, 1);
        FailNextNote(store, isWritten: true);
        await DeleteAsync(store);
        FailNextNote(store, isWritten: true);
        await store.Memento.Tables.DeleteAsync<RamAccount>().WaitAsync(FaultyStore.LongestWait);

        await Assert.ThrowsAsync<TableNotFoundException>(() => store.AllAsync<DiskAccount>());
        await Assert.ThrowsAsync<TableNotFoundException>(() => store.AllAsync<RamAccount>());
        await CreateAsync(store);
        await store.Memento.Tables.CreateAsync<RamAccount>().WaitAsync(FaultyStore.LongestWait);
        Assert.Empty(await store.AllAsync<DiskAccount>());
        Assert.Empty(await store.AllAsync<RamAccount>());
        await WriteBothAsync(store, 2);
    }

    [Fact]
    public async Task A_beginning_that_is_not_kept_leaves_the_table_as_it_was()
    {
        await using FaultyStore store = await FaultyStore.StartAsync<TStorage>();
        await WriteBothAsync(store, 1);
        FailNextNote(store, isWritten: false);
        await Assert.ThrowsAsync<StorageException>(() => DeleteAsync(store));
        FailNextNote(store, isWritten: false);
        await Assert.ThrowsAsync<StorageException>(
            () => store.Memento.Tables.DeleteAsync<RamAccount>()
                .WaitAsync(FaultyStore.LongestWait));

        await WriteBothAsync(store, 2);
        Assert.Equal(2, (await store.AllAsync<DiskAccount>()).Count);
        Assert.Equal(2, (await store.AllAsync<RamAccount>()).Count);
        await store.RestartAsync();
        Assert.Equal(2, (await store.AllAsync<DiskAccount>()).Count);

        await DeleteAsync(store);
        await Assert.ThrowsAsync<TableNotFoundException>(() => store.AllAsync<DiskAccount>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_is_written_to_a_table_of_which_it_is_not_known_whether_it_is_deleted(
        bool isKept)
    {
        await using FaultyStore store = await FaultyStore.StartAsync<TStorage>();
        await WriteBothAsync(store, 1);
        store.Faults.CatalogReadFault = static () => FaultyStorage.DiskFailure;
        FailNextNote(store, isKept);
        await Assert.ThrowsAnyAsync<MementoException>(() => DeleteAsync(store));
        await Assert.ThrowsAnyAsync<MementoException>(
            () => store.WriteAsync(new DiskAccount { Id = 2, Balance = 2 }));
        store.Faults.CatalogReadFault = null;

        if (isKept)
        {
            await Assert.ThrowsAsync<TableNotFoundException>(() => store.AllAsync<DiskAccount>());
            await DeleteAsync(store);
            await CreateAsync(store);
            Assert.Empty(await store.AllAsync<DiskAccount>());
        }

        await WriteBothAsync(store, 3);
        await store.RestartAsync();
        Assert.Equal(
            isKept ? [3] : [1, 3],
            (await store.AllAsync<DiskAccount>()).Select(static each => each.Id).Order());
    }

    private static void FailNextNote(FaultyStore store, bool isWritten)
    {
        int notes = 0;
        store.Faults.CatalogFault = () => Interlocked.Increment(ref notes) == 1
            ? new Fault(FaultyStorage.DiskFailure, isWritten)
            : null;
    }

    private static async Task WriteBothAsync(FaultyStore store, int id)
    {
        await store.WriteAsync(new DiskAccount { Id = id, Balance = 10 });
        await store.WriteAsync(new RamAccount { Id = id, Balance = 10 });
    }

    private static Task CreateAsync(FaultyStore store)
        => store.Memento.Tables.CreateAsync<DiskAccount>().WaitAsync(FaultyStore.LongestWait);

    private static Task DeleteAsync(FaultyStore store)
        => store.Memento.Tables.DeleteAsync<DiskAccount>().WaitAsync(FaultyStore.LongestWait);
}
