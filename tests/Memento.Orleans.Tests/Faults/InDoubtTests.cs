using Memento.Storage;

namespace Memento.Tests.Faults;

/// <summary>
/// A batch whose commit got no answer: the storage settles it, and then the whole of it stands, or
/// nothing of it does, in ram and on disk alike.
/// </summary>
public sealed class InDoubtTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_batch_in_doubt_ends_whole_in_ram_and_on_disk_and_its_caller_is_told_which(
        bool isIn)
    {
        await using var store = await FaultyStore.StartAsync();
        await WriteBothAsync(store, 10);
        BeInDoubt(store, isIn);

        if (isIn)
            await WriteBothAsync(store, 20);
        else
            await Assert.ThrowsAsync<StorageException>(() => WriteBothAsync(store, 20));

        long expected = isIn ? 20 : 10;
        Assert.Equal(expected, (await store.ReadAsync<RamAccount>(1)).Balance);
        Assert.Equal(expected, (await store.ReadAsync<DiskAccount>(1)).Balance);
        store.CheckIdle();
        await WriteBothAsync(store, 30);
        await store.RestartAsync();
        Assert.Equal(30, (await store.ReadAsync<DiskAccount>(1)).Balance);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_stands_behind_a_batch_in_doubt_goes_on_or_runs_again_on_what_stands(
        bool isIn)
    {
        await using var store = await FaultyStore.StartAsync();
        await WriteBothAsync(store, 10);
        store.Faults.Block();
        Task writing = WriteBothAsync(store, 20);
        await store.Faults.Reached.WaitAsync(FaultyStore.LongestWait);
        List<long> seen = [];
        var hasRead = new TaskCompletionSource();
        Task<long> behind = store.Memento.TransactionAsync(async tx =>
        {
            long balance = (await tx.ReadAsync<RamAccount>(1))!.Balance;
            seen.Add(balance);
            hasRead.TrySetResult();
            await tx.WriteAsync(new DiskAccount { Id = 2, Balance = balance });
            return balance;
        });
        await hasRead.Task.WaitAsync(FaultyStore.LongestWait);
        BeInDoubt(store, isIn);
        store.Faults.Unblock();

        Assert.Equal(isIn, await EndsWellAsync(writing));
        Assert.Equal(isIn ? 20 : 10, await behind.WaitAsync(FaultyStore.LongestWait));
        Assert.Equal(isIn ? [20] : [20, 10], seen);
        Assert.Equal(isIn ? 20 : 10, (await store.ReadAsync<DiskAccount>(2)).Balance);
        store.CheckIdle();
    }

    private static void BeInDoubt(FaultyStore store, bool isIn)
    {
        var doubt = new BatchInDoubtException("Perhaps.", FaultyStorage.DiskFailure);
        if (isIn)
            store.Faults.WriteAndFailNext(doubt);
        else
            store.Faults.FailNext(doubt);
    }

    private static async Task<bool> EndsWellAsync(Task writing)
    {
        try
        {
            await writing.WaitAsync(FaultyStore.LongestWait);
            return true;
        }
        catch (StorageException)
        {
            return false;
        }
    }

    private static Task WriteBothAsync(FaultyStore store, long balance)
        => store.Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new DiskAccount { Id = 1, Balance = balance });
            await tx.WriteAsync(new RamAccount { Id = 1, Balance = balance });
        }).WaitAsync(FaultyStore.LongestWait);
}
