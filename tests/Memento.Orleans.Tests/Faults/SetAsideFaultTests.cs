using Memento.Tests.Compliance;
using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Faults;

/// <summary>A storage that fails while records are set aside, or put back.</summary>
public abstract class SetAsideFaultTests<TStorage>
    where TStorage : StorageUnderTest, new()
{
    private const long TooLong = 1L << 40;

    private bool _isNew;
    private UnreadableRecords _unreadable = UnreadableRecords.SetAside;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_is_lost_or_doubled_and_the_next_use_tries_again(bool isWritten)
    {
        await using FaultyStore store = await StartAsync();
        _isNew = true;
        await store.RestartAsync(faults => FailNext(faults, isWritten));

        await Assert.ThrowsAsync<StorageException>(
            () => store.Memento.Table<NewCut>().CountAsync().AsTask());

        Assert.Equal(1, await store.Memento.Table<NewCut>().CountAsync());
        TableInfo info = await store.Memento.Tables.InfoAsync<NewCut>();
        Assert.Equal((1, 2), (info.Size, info.Unreadable));
        store.CheckIdle();
        await AssertAllComeBackAsync(store);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_start_that_fails_to_put_them_back_is_made_again(bool isWritten)
    {
        await using FaultyStore store = await StartAsync();
        _isNew = true;
        await store.RestartAsync();
        Assert.Equal(2, (await store.Memento.Tables.InfoAsync<NewCut>()).Unreadable);

        (_isNew, _unreadable) = (false, UnreadableRecords.Restore);
        await Assert.ThrowsAsync<StorageException>(
            () => store.RestartAsync(faults => FailNext(faults, isWritten)));

        await AssertAllComeBackAsync(store);
    }

    /// <summary>
    /// A store with two records that the new type cannot read, and one that it can.
    /// </summary>
    private async Task<FaultyStore> StartAsync()
    {
        FaultyStore store = await FaultyStore.StartAsync<TStorage>(memento =>
        {
            memento.Configure(options => options.UnreadableRecords = _unreadable);
            _ = _isNew ? memento.AddTable<NewCut>() : memento.AddTable<OldCut>();
        });
        await store.WriteAsync(new OldCut("Rush", 1));
        await store.WriteAsync(new OldCut("Rush", TooLong));
        await store.WriteAsync(new OldCut("Rush", TooLong + 1));
        return store;
    }

    private async Task AssertAllComeBackAsync(FaultyStore store)
    {
        (_isNew, _unreadable) = (false, UnreadableRecords.Restore);
        await store.RestartAsync();
        Assert.Equal(
            [1, TooLong, TooLong + 1],
            (await store.AllAsync<OldCut>()).Select(static cut => cut.Second));
        Assert.Equal(0, (await store.Memento.Tables.InfoAsync<OldCut>()).Unreadable);
    }

    private static void FailNext(FaultyStorage faults, bool isWritten)
    {
        if (isWritten)
            faults.WriteAndFailNext(FaultyStorage.DiskFailure);
        else
            faults.FailNext(FaultyStorage.DiskFailure);
    }
}
