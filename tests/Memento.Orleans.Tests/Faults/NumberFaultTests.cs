namespace Memento.Tests.Faults;

/// <summary>The numbers of a table of which not every partition can be opened.</summary>
public sealed class NumberFaultTests
{
    [Fact]
    public async Task No_number_is_given_before_all_that_are_used_are_known()
    {
        await using FaultyStore store = await FaultyStore.StartAsync(
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
}
