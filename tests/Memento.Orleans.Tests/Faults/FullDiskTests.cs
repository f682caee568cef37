namespace Memento.Tests.Faults;

/// <summary>A database file that cannot grow.</summary>
public sealed class FullDiskTests
{
    private const int Pages = 60;
    private const int MostReceipts = 5_000;

    [Fact]
    public async Task A_full_disk_fails_with_a_clear_error_and_goes_on_once_there_is_room()
    {
        string padding = new('x', 4_000);
        await using var store = await FaultyStore.StartAsync();
        store.LimitPages(Pages);
        int written = 0;
        StorageException? error = null;
        while (error is null)
        {
            Assert.True(written < MostReceipts, "The file never became full.");
            try
            {
                await store.Memento.TransactionAsync(async tx =>
                {
                    await tx.WriteAsync(
                        new Receipt { Id = written + 1, Token = $"{written}{padding}" });
                    await tx.WriteAsync(new RamAccount { Id = 1, Balance = written + 1 });
                });
                written++;
            }
            catch (StorageException full)
            {
                error = full;
            }
        }

        Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);
        Assert.True(written > 0);
        Assert.Equal(written, (await store.AllAsync<Receipt>()).Count);
        Assert.Equal(written, (await store.ReadAsync<RamAccount>(1)).Balance);
        store.CheckIdle();

        store.LimitPages(Pages * 10);
        await store.WriteAsync(new Receipt { Id = written + 1, Token = padding });
        await store.RestartAsync();
        Assert.Equal(
            Enumerable.Range(1, written + 1).Select(id => (long)id),
            (await store.AllAsync<Receipt>()).Select(each => each.Id));
    }
}
