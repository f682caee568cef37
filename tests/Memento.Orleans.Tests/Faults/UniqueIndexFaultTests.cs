using Memento.Tests.Compliance;
using Memento.Tests.Conformance;

namespace Memento.Tests.Faults;

/// <summary>
/// A unique index is added or removed while the catalog cannot be written, or was written although
/// the storage reports a failure. In every case, an index of a table has all of its records.
/// </summary>
public abstract class UniqueIndexFaultTests<TStorage>
    where TStorage : StorageUnderTest, new()
{
    private const string IndexStore = $"{nameof(DiskAccount)}${nameof(DiskAccount.Balance)}";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_a_refused_start_would_have_removed_knows_all_records(bool isWritten)
    {
        bool isUnique = true;
        await using FaultyStore store = await FaultyStore.StartAsync<TStorage>(
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

    /// <param name="notes">
    /// The fate of the catalog's next notes: kept (k) or lost (l). The storage reports a failure in
    /// both cases.
    /// </param>
    /// <param name="isRepeated">Whether it is added again before the restart.</param>
    [Theory]
    [InlineData("l", false)]
    [InlineData("l", true)]
    [InlineData("k", false)]
    [InlineData("k", true)]
    [InlineData("kk", false)]
    [InlineData("kk", true)]
    [InlineData("kl", false)]
    [InlineData("kl", true)]
    public async Task One_that_could_not_be_added_is_gone_or_knows_all_records(
        string notes, bool isRepeated)
    {
        await using FaultyStore store = await FaultyStore.StartAsync<TStorage>();
        await store.WriteAsync(new DiskAccount { Id = 1, Balance = 10 });
        store.Faults.CatalogFault = NoteFaults(notes);

        await Assert.ThrowsAnyAsync<MementoException>(() => AddAsync(store));
        Assert.Equal(notes == "kl", await HasItAsync(store));
        if (isRepeated)
        {
            // Where it could not be taken back it is there.
            Exception? error = await Record.ExceptionAsync(() => AddAsync(store));
            Assert.Equal(notes == "kl", error is MementoException);
            Assert.True(await HasItAsync(store));
        }

        await store.RestartAsync();
        Assert.Equal(isRepeated || notes == "kl", await HasItAsync(store));
        if (isRepeated || notes == "kl")
            await Assert.ThrowsAsync<UniqueIndexException>(() => WriteDuplicateAsync(store));
        else
            await WriteDuplicateAsync(store);
    }

    [Fact]
    public async Task One_whose_store_could_not_be_dropped_is_built_anew_by_the_next_call()
    {
        await using FaultyStore store = await FaultyStore.StartAsync<TStorage>();
        await store.WriteAsync(new DiskAccount { Id = 1, Balance = 10 });
        store.Faults.CatalogFault = NoteFaults("l");
        store.Faults.DropFault = DropFaults(succeeding: 1);
        await Assert.ThrowsAnyAsync<MementoException>(() => AddAsync(store));

        store.Faults.DropFault = null;
        await store.WriteAsync(new DiskAccount { Id = 1, Balance = 11 });
        await AddAsync(store);
        await WriteDuplicateAsync(store);
        await store.RestartAsync();
        await Assert.ThrowsAsync<UniqueIndexException>(
            () => store.WriteAsync(new DiskAccount { Id = 3, Balance = 11 }));
    }

    [Theory]
    [InlineData("l")]
    [InlineData("k")]
    public async Task One_that_could_not_be_removed_knows_all_records_and_is_there_after_a_new_call(
        string notes)
    {
        await using FaultyStore store = await FaultyStore.StartAsync<TStorage>();
        await store.WriteAsync(new DiskAccount { Id = 1, Balance = 10 });
        await AddAsync(store);
        store.Faults.CatalogFault = NoteFaults(notes);

        await Assert.ThrowsAsync<StorageException>(() => store.Memento.Tables
            .RemoveIndexAsync<DiskAccount>(nameof(DiskAccount.Balance)).Within());
        await Assert.ThrowsAsync<UniqueIndexException>(() => WriteDuplicateAsync(store));
        Assert.Equal(notes == "l", await HasItAsync(store));

        // Where the catalog has lost it, it is built anew.
        Exception? error = await Record.ExceptionAsync(() => AddAsync(store));
        Assert.Equal(notes == "l", error is MementoException);
        for (int start = 0; start < 2; start++)
        {
            Assert.True(await HasItAsync(store));
            await Assert.ThrowsAsync<UniqueIndexException>(() => WriteDuplicateAsync(store));
            await store.RestartAsync();
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task One_whose_values_are_gone_is_filled_again_by_the_next_start(
        bool isDeclared, bool isEmpty)
    {
        await using FaultyStore store = await FaultyStore.StartAsync<TStorage>(
            memento => memento.AddTable<DiskAccount>(table =>
            {
                if (isDeclared) table.AddIndex(nameof(DiskAccount.Balance), unique: true);
            }));
        await store.WriteAsync(new DiskAccount { Id = 1, Balance = 10 });
        if (!isDeclared) await AddAsync(store);
        await store.Faults.DropTableAsync(IndexStore, CancellationToken.None);
        if (isEmpty) await store.Faults.CreateTableAsync(IndexStore, CancellationToken.None);

        // The catalog is told first, and then that it is filled: a start that fails between the two
        // leaves it to the next.
        await Assert.ThrowsAsync<StorageException>(() => store.RestartAsync(
            static faults => faults.CatalogFault = LoseFrom(2)));
        for (int start = 0; start < 2; start++)
        {
            await store.RestartAsync();
            Assert.True(await HasItAsync(store));
            await Assert.ThrowsAsync<UniqueIndexException>(() => WriteDuplicateAsync(store));
        }
    }

    private static Func<Fault?> NoteFaults(string notes)
    {
        int next = -1;
        return () => ++next < notes.Length
            ? new Fault(FaultyStorage.DiskFailure, IsWritten: notes[next] == 'k')
            : null;
    }

    private static Func<Fault?> LoseFrom(int first)
    {
        int note = 0;
        return () => ++note >= first ? new Fault(FaultyStorage.DiskFailure) : null;
    }

    private static Func<Exception?> DropFaults(int succeeding)
        => () => --succeeding >= 0 ? null : FaultyStorage.DiskFailure;

    private static Task AddAsync(FaultyStore store)
        => store.Memento.Tables
            .AddIndexAsync<DiskAccount>(nameof(DiskAccount.Balance), unique: true).Within();

    private static async Task<bool> HasItAsync(FaultyStore store)
        => (await store.Memento.Tables.InfoAsync<DiskAccount>().Within()).Indexes.Count > 0;

    private static Task WriteDuplicateAsync(FaultyStore store)
        => store.WriteAsync(new DiskAccount { Id = 2, Balance = 10 });
}
