namespace Memento.Tests.Faults;

/// <summary>A table whose deletion has begun, and could not be completed.</summary>
public sealed class HalfDeletedTableTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_comes_back_empty(bool isRepeated)
    {
        await using FaultyStore store = await FaultyStore.StartAsync();
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

    private static Task CreateAsync(FaultyStore store)
        => store.Memento.Tables.CreateAsync<DiskAccount>().WaitAsync(FaultyStore.LongestWait);

    private static Task DeleteAsync(FaultyStore store)
        => store.Memento.Tables.DeleteAsync<DiskAccount>().WaitAsync(FaultyStore.LongestWait);
}
