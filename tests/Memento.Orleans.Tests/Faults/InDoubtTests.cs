using Memento.Commit;
using Memento.Journaling;
using Memento.Storage;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Faults;

/// <summary>
/// A batch whose commit got no answer: the storage settles it, and then the whole of it stands, or
/// nothing of it does, in ram and on disk alike.
/// </summary>
public abstract class InDoubtTests<TStorage>
    where TStorage : StorageUnderTest, new()
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_batch_in_doubt_ends_whole_in_ram_and_on_disk_and_its_caller_is_told_which(
        bool isIn)
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        await WriteBothAsync(store, 10);
        BeInDoubt(store.Faults, isIn);

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
        await using var store = await FaultyStore.StartAsync<TStorage>();
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
        BeInDoubt(store.Faults, isIn);
        store.Faults.Unblock();

        Assert.Equal(isIn, await EndsWellAsync(writing));
        Assert.Equal(isIn ? 20 : 10, await behind.WaitAsync(FaultyStore.LongestWait));
        Assert.Equal(isIn ? [20] : [20, 10], seen);
        Assert.Equal(isIn ? 20 : 10, (await store.ReadAsync<DiskAccount>(2)).Balance);
        store.CheckIdle();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task While_a_batch_cannot_be_settled_only_what_is_not_in_doubt_is_told(bool isIn)
    {
        var time = new ShiftedTime();
        await using var silo = await FaultySilo.StartAsync<TStorage>(
            builder => builder.Services.AddSingleton<TimeProvider>(time));
        await WriteBothAsync(silo.Client, 1, 10);
        await WriteBothAsync(silo.Client, 2, 10);
        silo.Faults.SettleFault = static () => FaultyStorage.DiskFailure;
        BeInDoubt(silo.Faults, isIn);
        Task writing = WriteBothAsync(silo.Client, 1, 20);
        await Waiting.UntilAsync(() => silo.Faults.Settlements > 0, "the storage was asked");
        Task<long> reading = ReadAsync<RamAccount>(silo.Inside, 1);

        Assert.Equal(10, await ReadAsync<DiskAccount>(silo.Client, 2));
        await silo.Client.TransactionAsync(
            async tx => { await tx.WriteAsync(new RamAccount { Id = 3, Balance = 3 }); }).Within();
        Assert.False(writing.IsCompleted || reading.IsCompleted);

        time.MoveOn(Journal.LongestDoubt);
        var doubt = await Assert.ThrowsAsync<TransactionInDoubtException>(() => writing);
        await Assert.ThrowsAsync<TransactionInDoubtException>(() => reading.Within());
        await Assert.ThrowsAsync<StorageException>(() => ReadAsync<RamAccount>(silo.Client, 1));
        await Assert.ThrowsAsync<StorageException>(() => WriteBothAsync(silo.Client, 2, 20));
        await Assert.ThrowsAsync<TransactionInDoubtException>(
            () => silo.Services.GetRequiredService<LocalCommit>().DecideAsync(doubt.TransactionId));

        silo.Faults.SettleFault = null;
        await silo.Services.GetRequiredService<Journal>().FlushAsync().Within();
        Assert.Equal(isIn ? 20 : 10, await ReadAsync<RamAccount>(silo.Client, 1));
        Assert.Equal(isIn ? 20 : 10, await ReadAsync<DiskAccount>(silo.Client, 1));
        await WriteBothAsync(silo.Client, 1, 30);
        await silo.CheckIdleAsync();
    }

    [Fact]
    public async Task The_next_number_is_above_that_of_a_batch_that_was_kept_after_all()
    {
        var time = new ShiftedTime();
        await using var silo = await FaultySilo.StartAsync<TStorage>(
            builder => builder.Services.AddSingleton<TimeProvider>(time));
        Receipt first = await WriteReceiptAsync(silo.Inside, new Receipt { Token = "first" });
        silo.Faults.SettleFault = static () => FaultyStorage.DiskFailure;
        BeInDoubt(silo.Faults, isIn: true);
        Task<Receipt> writing = WriteReceiptAsync(
            silo.Inside, new Receipt { Id = first.Id + 10, Token = "in doubt" });
        await Waiting.UntilAsync(() => silo.Faults.Settlements > 0, "the storage was asked");
        time.MoveOn(Journal.LongestDoubt);
        await Assert.ThrowsAsync<TransactionInDoubtException>(() => writing);

        silo.Faults.SettleFault = null;
        await silo.Services.GetRequiredService<Journal>().FlushAsync().Within();
        Receipt next = await WriteReceiptAsync(silo.Inside, new Receipt { Token = "next" });
        Assert.Equal(first.Id + 11, next.Id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_silo_that_stops_waits_for_no_storage_and_tells_that_a_batch_is_in_doubt(
        bool isIn)
    {
        var time = new ShiftedTime();
        await using var store = await FaultyStore.StartAsync<TStorage>(memento => memento
            .AddTable<DiskAccount>().AddTable<RamAccount>()
            .Services.AddSingleton<TimeProvider>(time));
        await WriteBothAsync(store, 10);
        FaultyStorage faults = store.Faults;
        faults.SettleFault = static () => FaultyStorage.DiskFailure;
        BeInDoubt(faults, isIn);
        time.Stop();
        Task writing = WriteBothAsync(store, 20);
        await Waiting.UntilAsync(() => faults.Settlements > 0, "the storage was asked");

        // No caller gets an answer because of the clock.
        Task restarting = store.RestartAsync(_ => time.GoOn());
        await Assert.ThrowsAsync<TransactionInDoubtException>(() => writing);
        await restarting.WaitAsync(FaultyStore.LongestWait);

        Assert.Equal(isIn ? 20 : 10, (await store.ReadAsync<DiskAccount>(1)).Balance);
    }

    private static void BeInDoubt(FaultyStorage faults, bool isIn)
    {
        var doubt = new BatchInDoubtException("Perhaps.", FaultyStorage.DiskFailure);
        if (isIn)
            faults.WriteAndFailNext(doubt);
        else
            faults.FailNext(doubt);
    }

    private static async Task<long> ReadAsync<T>(IMemento memento, int id)
        where T : class
        => await memento.TransactionAsync(async tx => await tx.ReadAsync<T>(id)).Within() switch
        {
            RamAccount ram => ram.Balance,
            DiskAccount disk => disk.Balance,
            _ => throw new InvalidOperationException("There is no such account."),
        };

    private static Task<Receipt> WriteReceiptAsync(IMemento memento, Receipt receipt)
        => memento.TransactionAsync(async tx => await tx.WriteAsync(receipt)).Within();

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
        => WriteBothAsync(store.Memento, 1, balance);

    private static Task WriteBothAsync(IMemento memento, int id, long balance)
        => memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new DiskAccount { Id = id, Balance = balance });
            await tx.WriteAsync(new RamAccount { Id = id, Balance = balance });
        }).Within();
}
