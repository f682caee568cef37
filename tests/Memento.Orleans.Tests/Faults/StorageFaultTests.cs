using Memento.Journaling;
using Memento.Storage;
using Memento.Tests.Compliance;
using Memento.Tests.Journals;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Faults;

/// <summary>The errors of callers, and the state of memory, after a failed batch.</summary>
public abstract class StorageFaultTests<TStorage>
    where TStorage : StorageUnderTest, new()
{
    private static readonly TransactionOptions Once = new() { MaxAttempts = 1 };

    [Fact]
    public async Task A_failed_batch_fails_its_transaction_and_takes_ram_tables_back_too()
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        await WriteBothAsync(store, 1, 10);
        store.Faults.FailNext(FaultyStorage.DiskFailure);
        var error = await Assert.ThrowsAsync<StorageException>(() => WriteBothAsync(store, 1, 20));
        Assert.Contains("says the test", error.Message, StringComparison.Ordinal);
        store.Faults.FailNext(FaultyStorage.DiskFailure);
        await Assert.ThrowsAsync<StorageException>(() => WriteBothAsync(store, 2, 30));

        Assert.Equal(10, (await store.ReadAsync<DiskAccount>(1)).Balance);
        Assert.Equal(10, (await store.ReadAsync<RamAccount>(1)).Balance);
        Assert.Null(await store.ReadAsync<DiskAccount>(2));
        Assert.Null(await store.ReadAsync<RamAccount>(2));
        Assert.Empty(await store.Memento.TransactionAsync(
            async tx => await tx.MatchAsync<RamAccount>(new { Balance = 20L })));
        Assert.Single(await store.Memento.TransactionAsync(
            async tx => await tx.MatchAsync<RamAccount>(new { Balance = 10L })));
        store.CheckIdle();

        await WriteBothAsync(store, 2, 30);
        await store.RestartAsync();
        Assert.Equal(
            [(1, 10L), (2, 30L)],
            (await store.AllAsync<DiskAccount>()).Select(a => (a.Id, a.Balance)).Order());
    }

    [Fact]
    public async Task A_failed_delete_brings_the_record_and_its_unique_value_back()
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        Receipt receipt = await store.Memento.TransactionAsync(
            async tx => await tx.WriteAsync(new Receipt { Token = "a" }));
        store.Faults.FailNext(FaultyStorage.DiskFailure);
        await Assert.ThrowsAsync<StorageException>(() => store.Memento.TransactionAsync(
            async tx => { await tx.DeleteAsync<Receipt>(receipt.Id); }));
        Assert.Equal(receipt, await store.ReadAsync<Receipt>(receipt.Id));
        var error = await Assert.ThrowsAsync<UniqueIndexException>(
            () => store.WriteAsync(new Receipt { Id = 77, Token = "a" }));
        Assert.Equal(receipt.Id, error.HolderKey);
        store.CheckIdle();
    }

    [Fact]
    public async Task An_explicit_key_of_a_failed_batch_uses_no_number_up()
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        await store.WriteAsync(new Receipt { Token = "a" });
        store.Faults.FailNext(FaultyStorage.DiskFailure);
        await Assert.ThrowsAsync<StorageException>(
            () => store.WriteAsync(new Receipt { Id = int.MaxValue - 5, Token = "never" }));

        await store.WriteAsync(new Receipt { Token = "b" });
        Assert.Equal([1, 2], (await store.AllAsync<Receipt>()).Select(r => r.Id).Order());
    }

    [Fact]
    public async Task A_table_whose_clearing_was_in_doubt_is_empty_or_full_in_memory_and_on_disk()
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        await store.WriteAsync(new Receipt { Token = "a" });
        var doubt = new BatchInDoubtException("in doubt", FaultyStorage.DiskFailure);
        store.Faults.FailNext(doubt);
        await Assert.ThrowsAnyAsync<MementoException>(
            () => store.Memento.Tables.ClearAsync<Receipt>());
        Assert.Single(await store.AllAsync<Receipt>());
        await store.RestartAsync();
        Assert.Single(await store.AllAsync<Receipt>());

        store.Faults.WriteAndFailNext(doubt);
        await store.Memento.Tables.ClearAsync<Receipt>();
        Assert.Empty(await store.AllAsync<Receipt>());
        await store.RestartAsync();
        Assert.Empty(await store.AllAsync<Receipt>());
    }

    [Fact]
    public async Task A_table_whose_clearing_fails_has_all_its_records_and_values_again()
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        Receipt receipt = await store.Memento.TransactionAsync(
            async tx => await tx.WriteAsync(new Receipt { Token = "a", Amount = 5 }));
        store.Faults.FailNext(FaultyStorage.DiskFailure);
        await Assert.ThrowsAsync<StorageException>(
            () => store.Memento.Tables.ClearAsync<Receipt>());
        await CheckAsync();
        await store.RestartAsync();
        await CheckAsync();

        JournalBatch? cleared = null;
        store.Faults.Plan = (_, batch) =>
        {
            cleared = batch;
            return null;
        };
        await store.Memento.Tables.ClearAsync<Receipt>();
        store.Faults.Plan = null;
        JournalEntry entry = Assert.Single(cleared!.Entries);
        Assert.Empty(entry.Writes);
        Assert.Equal(["Receipt", "Receipt$Token"], entry.Clears.Order());
        await store.WriteAsync(new Receipt { Token = "a" });
        await store.RestartAsync();
        Assert.Equal("a", Assert.Single(await store.AllAsync<Receipt>()).Token);

        async Task CheckAsync()
        {
            Assert.Equal([receipt], await store.AllAsync<Receipt>());
            Assert.Single(await store.Memento.TransactionAsync(
                async tx => await tx.MatchAsync<Receipt>(new { Token = "a" })));
            await Assert.ThrowsAsync<UniqueIndexException>(
                () => store.WriteAsync(new Receipt { Token = "a" }));
            store.CheckIdle();
        }
    }

    [Fact]
    public async Task Who_has_read_a_write_that_is_taken_back_runs_again_and_sees_the_old_value()
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        await WriteBothAsync(store, 1, 10);
        Task writing = await StartBlockedAsync(store, 1, 20);
        List<long> seen = [];
        Task<long> reading = store.Memento.TransactionAsync(async tx =>
        {
            long balance = (await tx.ReadAsync<RamAccount>(1))!.Balance;
            seen.Add(balance);
            await tx.WriteAsync(new RamAccount { Id = 2, Balance = balance });
            return balance;
        });
        await UntilAsync(() => seen.Count > 0);
        Assert.Equal(20, seen[0]);
        store.Faults.FailNext(FaultyStorage.DiskFailure);
        store.Faults.Unblock();

        await Assert.ThrowsAsync<StorageException>(() => writing);
        Assert.Equal(10, await reading.WaitAsync(FaultyStore.LongestWait));
        Assert.Equal(10, seen[^1]);
        Assert.Equal(10, (await store.ReadAsync<RamAccount>(2)).Balance);
        store.CheckIdle();
    }

    [Fact]
    public async Task Durable_records_are_read_while_a_batch_stands_still()
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        await WriteBothAsync(store, 1, 10);
        await WriteBothAsync(store, 2, 20);
        Task writing = await StartBlockedAsync(store, 1, 11);
        Assert.Equal(20, (await store.ReadAsync<DiskAccount>(2)).Balance);
        Assert.Equal(20, (await store.ReadAsync<RamAccount>(2)).Balance);
        await store.WriteAsync(new RamAccount { Id = 3, Balance = 3 });
        Assert.False(writing.IsCompleted);
        store.Faults.Unblock();
        await writing.WaitAsync(FaultyStore.LongestWait);
    }

    [Theory]
    [InlineData("record")]
    [InlineData("absent")]
    [InlineData("scan")]
    [InlineData("index")]
    [InlineData("count")]
    [InlineData("write")]
    public async Task What_is_not_durable_is_told_to_nobody(string way)
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        for (int id = 1; id <= 8; id++)
            await WriteBothAsync(store, id, 10);
        store.Faults.Block();
        Task writing = store.Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new DiskAccount { Id = 1, Balance = 20 });
            await tx.WriteAsync(new RamAccount { Id = 1, Balance = 20 });
            await tx.DeleteAsync<RamAccount>(2);
        });
        await store.Faults.Reached.WaitAsync(FaultyStore.LongestWait);
        var isSeen = new TaskCompletionSource();
        Task telling = store.Memento.TransactionAsync(async tx =>
        {
            await UseAsync(tx, way);
            isSeen.TrySetResult();
        });
        await isSeen.Task.WaitAsync(FaultyStore.LongestWait);

        // Other transactions commit meanwhile. The transaction that has read a write that is not
        // durable does not.
        await store.WriteAsync(new RamAccount { Id = 100, Balance = 1 });
        Assert.False(telling.IsCompleted, $"{way} was told before the disk had it.");
        store.Faults.Unblock();
        await writing.WaitAsync(FaultyStore.LongestWait);
        await telling.WaitAsync(FaultyStore.LongestWait);
    }

    [Fact]
    public async Task The_reason_of_an_abort_does_not_tell_of_what_is_not_durable()
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        await WriteBothAsync(store, 1, 10);
        Task writing = await StartBlockedAsync(store, 1, 20);
        var isSeen = new TaskCompletionSource();
        Task<TransactionResult> telling = store.Memento.TryTransactionAsync(async tx =>
        {
            long balance = (await tx.ReadAsync<DiskAccount>(1))!.Balance;
            isSeen.TrySetResult();
            tx.Abort($"{balance}");
        });
        await isSeen.Task.WaitAsync(FaultyStore.LongestWait);
        await store.WriteAsync(new RamAccount { Id = 100, Balance = 1 });
        Assert.False(telling.IsCompleted, "An abort told of what the disk does not have.");
        store.Faults.FailNext(FaultyStorage.DiskFailure);
        store.Faults.Unblock();
        await Assert.ThrowsAsync<StorageException>(() => writing);
        Assert.Equal("10", (await telling.WaitAsync(FaultyStore.LongestWait)).Reason);
    }

    [Fact]
    public async Task An_error_about_a_unique_value_that_is_taken_back_never_comes_out()
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        store.Faults.Block();
        Task writing = store.WriteAsync(new Receipt { Id = 1, Token = "a" });
        await store.Faults.Reached.WaitAsync(FaultyStore.LongestWait);
        Task second = store.WriteAsync(new Receipt { Id = 2, Token = "a" });
        await store.WriteAsync(new RamAccount { Id = 100, Balance = 1 });
        store.Faults.FailNext(FaultyStorage.DiskFailure);
        store.Faults.Unblock();
        await Assert.ThrowsAsync<StorageException>(() => writing);
        await second.WaitAsync(FaultyStore.LongestWait);
        Assert.Equal(2, Assert.Single(await store.AllAsync<Receipt>()).Id);
    }

    [Fact]
    public async Task A_body_never_sees_a_state_from_before_and_after_a_failure_together()
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        for (int id = 1; id <= 2; id++)
            await WriteBothAsync(store, id, 10);
        store.Faults.Block();
        Task writing = store.Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new DiskAccount { Id = 1, Balance = 20 });
            await tx.WriteAsync(new RamAccount { Id = 2, Balance = 20 });
        });
        await store.Faults.Reached.WaitAsync(FaultyStore.LongestWait);
        var isRead = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        List<(long, long)> seen = [];
        Task reading = store.Memento.TransactionAsync(async tx =>
        {
            long first = (await tx.ReadAsync<DiskAccount>(1))!.Balance;
            isRead.TrySetResult();
            await goOn.Task;
            seen.Add((first, (await tx.ReadAsync<RamAccount>(2))!.Balance));
        });
        await isRead.Task.WaitAsync(FaultyStore.LongestWait);
        store.Faults.FailNext(FaultyStorage.DiskFailure);
        store.Faults.Unblock();
        await Assert.ThrowsAsync<StorageException>(() => writing);
        goOn.SetResult();
        await reading.WaitAsync(FaultyStore.LongestWait);
        Assert.Equal([(10, 10)], seen);
    }

    [Fact]
    public async Task A_body_that_begins_while_commits_are_taken_back_sees_nothing()
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        await WriteBothAsync(store, 1, 10);
        List<long> seen = [];
        var begun = new TaskCompletionSource<Task>();
        var journal = store.Host.Services.GetRequiredService<Journal>();
        var entry = new JournalEntry { TransactionId = Guid.NewGuid(), Writes = [], Epochs = [] };
        var commit = new PendingCommit(entry, [new CallbackPart(() =>
        {
            Task reading = store.Memento.TransactionAsync(
                async tx => seen.Add((await tx.ReadAsync<RamAccount>(1))!.Balance), Once);
            begun.SetResult(reading);
            Task.WaitAny([reading], FaultyStore.LongestWait);
        })]);
        store.Faults.FailNext(FaultyStorage.DiskFailure);
        Assert.True(journal.TryAppend(commit, journal.Generation));

        Task begunThen = await begun.Task.WaitAsync(FaultyStore.LongestWait);
        await Assert.ThrowsAsync<TransactionConflictException>(() => begunThen);
        Assert.Empty(seen);
        Assert.Equal(10, (await store.ReadAsync<RamAccount>(1)).Balance);
    }

    [Fact]
    public async Task A_fenced_transaction_runs_again_on_the_partition_as_it_is_stored()
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        await WriteBothAsync(store, 1, 10);
        int runs = 0;
        store.Faults.Plan = (_, batch) => ++runs == 1
            ? new Fault(new FencedException(
                nameof(DiskAccount), batch.Entries[0].Epochs[0].Partition))
            : null;
        await WriteBothAsync(store, 1, 20);
        Assert.Equal(2, runs);
        Assert.Equal(20, (await store.ReadAsync<DiskAccount>(1)).Balance);
        Assert.Equal(20, (await store.ReadAsync<RamAccount>(1)).Balance);
        store.CheckIdle();
    }

    [Fact]
    public async Task A_partition_with_a_newer_owner_in_storage_is_loaded_again()
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        await WriteBothAsync(store, 1, 10);
        for (int partition = 0; partition < 4; partition++)
        {
            await store.Faults.RaiseEpochAsync(
                nameof(DiskAccount), partition, CancellationToken.None);
        }

        await WriteBothAsync(store, 1, 20);
        Assert.Equal(1, store.Faults.Batches - 2 - store.Faults.Failures);
        Assert.Equal(20, (await store.ReadAsync<DiskAccount>(1)).Balance);
    }

    [Fact]
    public async Task A_transaction_that_has_seen_nothing_of_a_failed_batch_is_not_run_again()
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        await WriteBothAsync(store, 1, 10);
        await WriteBothAsync(store, 2, 20);
        Task writing = await StartBlockedAsync(store, 1, 11);
        var hasRead = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        int runs = 0;
        Task reading = store.Memento.TransactionAsync(async tx =>
        {
            runs++;
            await tx.ReadAsync<DiskAccount>(2);
            hasRead.TrySetResult();
            await goOn.Task;
            await tx.WriteAsync(new RamAccount { Id = 2, Balance = 21 });
            await tx.WriteAsync(new DiskAccount { Id = 2, Balance = 21 });
        });
        await hasRead.Task.WaitAsync(FaultyStore.LongestWait);
        store.Faults.FailNext(FaultyStorage.DiskFailure);
        store.Faults.Unblock();
        await Assert.ThrowsAsync<StorageException>(() => writing);
        goOn.SetResult();
        await reading.WaitAsync(FaultyStore.LongestWait);

        Assert.Equal(1, runs);
        Assert.Equal(21, (await store.ReadAsync<DiskAccount>(2)).Balance);
        store.CheckIdle();
    }

    [Fact]
    public async Task An_outcome_that_stands_as_aborted_lets_the_transaction_run_again()
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        int runs = 0;
        store.Faults.Plan = (_, batch) => ++runs == 1
            ? new Fault(new OutcomeDecidedException(
                batch.Entries[0].TransactionId, TransactionOutcome.Aborted))
            : null;
        await WriteBothAsync(store, 1, 20);
        Assert.Equal(2, runs);
        Assert.Equal(20, (await store.ReadAsync<RamAccount>(1)).Balance);
    }

    [Fact]
    public async Task A_storage_failure_is_not_run_again()
    {
        await using var store = await FaultyStore.StartAsync<TStorage>();
        store.Faults.FailNext(FaultyStorage.DiskFailure);
        int runs = 0;
        await Assert.ThrowsAsync<StorageException>(() => store.Memento.TransactionAsync(async tx =>
        {
            runs++;
            await tx.WriteAsync(new DiskAccount { Id = 1, Balance = 1 });
        }));
        Assert.Equal(1, runs);
        await store.Memento.TransactionAsync(
            async tx => { await tx.WriteAsync(new DiskAccount { Id = 1, Balance = 1 }); }, Once);
    }

    private static async Task UseAsync(ITransaction tx, string way)
    {
        switch (way)
        {
            case "record":
                Assert.Equal(20, (await tx.ReadAsync<RamAccount>(1))!.Balance);
                break;
            case "absent":
                Assert.Null(await tx.ReadAsync<RamAccount>(2));
                break;
            case "scan":
                Assert.Contains(await tx.AllAsync<RamAccount>(), a => a.Balance == 20);
                break;
            case "index":
                Assert.Single(await tx.MatchAsync<RamAccount>(new { Balance = 20L }));
                break;
            case "count":
                Assert.Equal(7, await tx.CountAsync<RamAccount>());
                break;
            default:
                await tx.WriteAsync(new RamAccount { Id = 1, Balance = 21 });
                break;
        }
    }

    private static Task WriteBothAsync(FaultyStore store, int id, long balance)
        => store.Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new DiskAccount { Id = id, Balance = balance });
            await tx.WriteAsync(new RamAccount { Id = id, Balance = balance });
        }).WaitAsync(FaultyStore.LongestWait);

    private static async Task<Task> StartBlockedAsync(FaultyStore store, int id, long balance)
    {
        store.Faults.Block();
        Task writing = WriteBothAsync(store, id, balance);
        await store.Faults.Reached.WaitAsync(FaultyStore.LongestWait);
        return writing;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(FaultyStore.LongestWait);
        while (!condition())
            await Task.Delay(1, patience.Token);
    }
}
