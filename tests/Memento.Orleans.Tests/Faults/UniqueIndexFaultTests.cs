namespace Memento.Tests.Faults;

/// <summary>
/// A unique index comes or goes, and the catalog cannot be written, or was and the storage says that it was
/// not: whatever became of it, an index that a table has knows all of its records.
/// </summary>
public sealed class UniqueIndexFaultTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_a_refused_start_would_have_removed_knows_all_records(bool isWritten)
    {
        bool isUnique = true;
        await using FaultyStore store = await FaultyStore.StartAsync(
            memento => memento.AddTable<DiskAccount>(table =>
            {
                if (isUnique) table.AddIndex(nameof(DiskAccount.Balance), unique: true);
            }));
        await store.WriteAsync(new DiskAccount { Id = 1, Balance = 10 });

        isUnique = false;
        await Assert.ThrowsAsync<StorageException>(() => store.RestartAsync(faults =>
            faults.CatalogFault = () => new Fault(FaultyStorage.DiskFailure, isWritten)));
        isUnique = true;
        await store.RestartAsync();

        await Assert.ThrowsAsync<UniqueIndexException>(() => WriteDuplicateAsync(store));
    }

    private static Task WriteDuplicateAsync(FaultyStore store)
        => store.WriteAsync(new DiskAccount { Id = 2, Balance = 10 });
}
