using Memento.Numbering;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;

namespace Memento.Tests.Faults;

/// <summary>The numbers of a table of which something that they depend on cannot be had.</summary>
public abstract class NumberFaultTests<TStorage>
    where TStorage : StorageUnderTest, new()
{
    [Fact]
    public async Task No_number_is_given_before_all_that_are_used_are_known()
    {
        await using FaultyStore store = await FaultyStore.StartAsync<TStorage>(
            static memento => memento.AddTable<MoodyNumber>());
        await store.WriteAsync(new MoodyNumber { Id = 1, Text = "first" });
        await store.WriteAsync(new MoodyNumber { Id = 5000, Text = "last" });
        await store.RestartAsync();
        int attempts = 0;
        store.Faults.EpochFault =
            () => Interlocked.Increment(ref attempts) == 1 ? FaultyStorage.DiskFailure : null;

        await Assert.ThrowsAsync<StorageException>(
            () => store.WriteAsync(new MoodyNumber { Text = "refused" }));
        await store.WriteAsync(new MoodyNumber { Text = "next" });

        Assert.Equal(
            [(1L, "first"), (5000L, "last"), (5001L, "next")],
            (await store.AllAsync<MoodyNumber>()).Select(static each => (each.Id, each.Text)));
    }

    [Fact]
    public async Task The_next_block_is_reserved_before_one_ends()
    {
        await using FaultyStore store = await FaultyStore.StartAsync<TStorage>(
            static memento => memento.AddTable<MoodyNumber>());
        await AddAsync(store, 1);
        int reserved = 0;
        store.Faults.NumberFault = () =>
        {
            Interlocked.Increment(ref reserved);
            return null;
        };

        await AddAsync(store, Numbers.BlockSize - 2);
        await Waiting.UntilAsync(
            () => Volatile.Read(ref reserved) > 0, "the next block is reserved");
        await AddAsync(store, 2);

        Assert.Equal(1, reserved);
        Assert.Equal(
            Enumerable.Range(1, Numbers.BlockSize + 1).Select(static each => (long)each),
            (await store.AllAsync<MoodyNumber>()).Select(static each => each.Id));
    }

    [Fact]
    public async Task A_block_that_cannot_be_reserved_is_missed_at_the_end_of_the_one_before()
    {
        await using FaultyStore store = await FaultyStore.StartAsync<TStorage>(
            static memento => memento.AddTable<MoodyNumber>());
        await AddAsync(store, 1);
        int attempts = 0;
        store.Faults.NumberFault = () =>
        {
            Interlocked.Increment(ref attempts);
            return FaultyStorage.DiskFailure;
        };

        await AddAsync(store, Numbers.BlockSize - 1);
        await Waiting.UntilAsync(
            () => Volatile.Read(ref attempts) > 0, "the next block is asked for");
        await Assert.ThrowsAsync<StorageException>(() => AddAsync(store, 1));
        Assert.Equal(2, attempts);
        store.Faults.NumberFault = null;
        await AddAsync(store, 1);

        IReadOnlyList<MoodyNumber> all = await store.AllAsync<MoodyNumber>();
        Assert.Equal(Numbers.BlockSize + 1, all.Count);
        Assert.True(all[^1].Id > Numbers.BlockSize);
    }

    private static Task AddAsync(FaultyStore store, int count)
        => store.Memento.TransactionAsync(async tx =>
        {
            for (int i = 0; i < count; i++) await tx.WriteAsync(new MoodyNumber { Text = "one" });
        }).WaitAsync(FaultyStore.LongestWait);
}
