using Memento.Tests.Compliance;

namespace Memento.Tests.Faults;

/// <summary>A storage that has no room for more.</summary>
public abstract class FullDiskTests<TStorage>
    where TStorage : StorageUnderTest, new()
{
    private const int MostReceipts = 5_000;

    [Fact]
    public async Task A_full_disk_fails_with_a_clear_error_and_goes_on_once_there_is_room()
    {
        string padding = new('x', 4_000);
        await using var store = await FaultyStore.StartAsync<TStorage>();
        int written = 0;
        await WriteAsync();
        IDisposable full = store.Fill();
        StorageException? error = null;
        while (error is null)
        {
            Assert.True(written < MostReceipts, "The file never became full.");
            try
            {
                await WriteAsync();
            }
            catch (StorageException refused)
            {
                error = refused;
            }
        }

        Assert.Contains("full", error.Message, StringComparison.Ordinal);
        Assert.True(written > 0);
        Assert.Equal(written, (await store.AllAsync<Receipt>()).Count);
        Assert.Equal(written, (await store.ReadAsync<RamAccount>(1)).Balance);
        store.CheckIdle();

        full.Dispose();
        await WriteAsync();
        await store.RestartAsync();
        Assert.Equal(
            Enumerable.Range(1, written).Select(id => (long)id),
            (await store.AllAsync<Receipt>()).Select(each => each.Id));

        async Task WriteAsync()
        {
            await store.Memento.TransactionAsync(async tx =>
            {
                await tx.WriteAsync(
                    new Receipt { Id = written + 1, Token = $"{written}{padding}" });
                await tx.WriteAsync(new RamAccount { Id = 1, Balance = written + 1 });
            });
            written++;
        }
    }
}
