using Memento.Locks;
using Memento.Participants;
using Memento.Partitions;
using Memento.Tests.Conformance.Grains;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Conformance;

/// <summary>Tables in the <c>[Transaction]</c> methods of an application's grains.</summary>
public sealed class ApplicationGrainTests(ApplicationGrainFixture fixture)
    : IClassFixture<ApplicationGrainFixture>, IAsyncLifetime
{
    private IMemento Memento => fixture.Silo.GetRequiredService<IMemento>();

    public async ValueTask InitializeAsync() => await ConformanceTables.ClearAsync(Memento);

    public async ValueTask DisposeAsync() => await Waiting.UntilAsync(
        () => fixture.Silo.GetRequiredService<PartitionDirectory>().All
                .All(static partition => partition.IsIdle())
            && fixture.Silo.GetRequiredService<TransactionRegistry>().RunningCount == 0,
        "nothing is locked and no transaction is running");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_grain_alone_commits_what_it_writes(bool isClient)
    {
        long ticket = await Shop(isClient).SellAsync("a", 7).Within();
        Assert.Equal(7, Assert.Single(await GetAllAsync<Entry>()).Value);
        Assert.Equal(ticket, Assert.Single(await GetAllAsync<Ticket>()).Id);
        Assert.Equal(8, await Shop(isClient).IncrementAsync("a").Within());
        Assert.Equal(8, Assert.Single(await GetAllAsync<Entry>()).Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_grain_that_calls_another_has_one_transaction_with_it(bool isClient)
    {
        await Shop(isClient).SellThroughAsync("other", "a").Within();
        Assert.Equal(
            ["a 3", "a here 1"],
            (await GetAllAsync<Entry>()).Select(entry => $"{entry.Name} {entry.Value}").Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_grain_that_fails_or_aborts_leaves_nothing(bool isClient)
    {
        var failed = await Assert.ThrowsAnyAsync<Exception>(
            () => Shop(isClient).FailAsync("a").Within());
        Assert.Contains("The shop is closed.", $"{failed}", StringComparison.Ordinal);
        var aborted = await Assert.ThrowsAnyAsync<Exception>(
            () => Shop(isClient).AbortAsync("a").Within());
        Assert.Contains("sold out", $"{aborted}", StringComparison.Ordinal);
        await DisposeAsync();
        Assert.Empty(await GetAllAsync<Entry>());
        Assert.Empty(await GetAllAsync<Ticket>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_grain_in_a_transaction_is_told_to_read_through_it_and_not_by_a_snapshot(
        bool isClient)
    {
        Check(await Shop(isClient).AskForSnapshotAsync("a").Within());
        await Of(isClient).GetRequiredService<IMemento>().TransactionAsync(
            async _ => Check(await Shop(isClient).AskForSnapshotAsync("b"))).Within();
        Assert.Equal(["a", "b"], (await GetAllAsync<Entry>()).Select(each => each.Name).Order());

        static void Check(string refused)
        {
            Assert.Contains("inside a transaction", refused, StringComparison.Ordinal);
            Assert.Contains("Read through the transaction", refused, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Callbacks_of_a_grain_run_in_it_where_its_method_began_the_transaction(
        bool isClient)
    {
        IShopGrain shop = Shop(isClient);
        Assert.Equal(1, await shop.CallBackAsync("a", fails: false).Within());
        Assert.Equal(["committed"], await shop.TakeCalledBackAsync().Within());
        await Assert.ThrowsAnyAsync<Exception>(() => shop.CallBackAsync("b", fails: true).Within());
        Assert.Equal(["aborted"], await shop.TakeCalledBackAsync().Within());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_grain_that_has_joined_another_process_knows_the_run_and_has_no_callbacks(
        bool isClient)
    {
        IMemento memento = Of(isClient).GetRequiredService<IMemento>();
        Exception? refused = await Record.ExceptionAsync(
            () => memento.TransactionAsync(async tx =>
            {
                await tx.WriteAsync(new Entry { Name = "b" });
                if (tx.Attempt == 1) throw new TransactionConflictException("says the test");
                Assert.Equal(2, await Shop(isClient).AttemptAsync());
                Assert.Equal(2, await Shop(isClient).CallBackAsync("a", fails: false));
            }).Within());

        // In the process of the body it is the body's own transaction, which runs them.
        List<string> ran = await Shop(isClient).TakeCalledBackAsync().Within();
        Assert.Equal(isClient ? [] : ["committed elsewhere"], ran);
        if (isClient)
            Assert.Contains("body that began it", $"{refused}", StringComparison.Ordinal);
        else
            Assert.Null(refused);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_grain_joins_the_body_that_calls_it(bool isClient, bool commits)
    {
        IMemento memento = Of(isClient).GetRequiredService<IMemento>();
        await memento.TryTransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Entry { Name = "a", Value = 1 });
            Assert.Equal(2, await Shop(isClient).IncrementAsync("a"));
            Assert.Equal(2, (await tx.ReadAsync<Entry>("a"))!.Value);
            await tx.WriteAsync(new Entry { Name = "a", Value = 5 });
            Assert.Equal(6, await Shop(isClient).IncrementAsync("a"));
            await Shop(isClient).SellThroughAsync("other", "b");
            Assert.Equal(3, (await tx.ReadAsync<Entry>("b"))!.Value);
            if (!commits) tx.Abort();
        }).Within();

        string[] expected = commits ? ["a 6", "b 3", "b here 1"] : [];
        Assert.Equal(
            expected,
            (await GetAllAsync<Entry>()).Select(entry => $"{entry.Name} {entry.Value}").Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_grain_that_begins_the_transaction_of_a_body_joins_it(bool isClient)
    {
        IMemento memento = Of(isClient).GetRequiredService<IMemento>();
        await memento.TransactionAsync(async tx =>
        {
            await Shop(isClient).IncrementAsync("a");
            await tx.WriteAsync((await tx.ReadAsync<Entry>("a"))! with { Value = 9 });
        }).Within();
        Assert.Equal(9, Assert.Single(await GetAllAsync<Entry>()).Value);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task What_a_grain_writes_for_a_nested_body_shares_its_fate(
        bool isClient, bool isKept)
    {
        IMemento memento = Of(isClient).GetRequiredService<IMemento>();
        await memento.TransactionAsync(async tx =>
        {
            await Shop(isClient).SellAsync("outer", 1);
            TransactionResult result = await tx.TryNestedAsync(async inner =>
            {
                await inner.WriteAsync(new Entry { Name = "a", Value = 1 });

                // The grain has a nested body of its own, which it undoes: the two are not
                // confused.
                Assert.Equal(2, await Shop(isClient).IncrementAsync("a"));
                await Shop(isClient).SellThroughAsync("other", "b");
                await memento.GetRecord<Entry>("record").WriteAsync(
                    new Entry { Name = "record", Value = 1 });
                Assert.Equal(2, (await inner.ReadAsync<Entry>("a"))!.Value);
                if (!isKept) inner.Abort();
            });
            Assert.Equal(isKept, result.Ok);
        }).Within();

        string[] kept = isKept ? ["a 2", "b 3", "b here 1", "outer 1", "record 1"] : ["outer 1"];
        Assert.Equal(
            kept,
            (await GetAllAsync<Entry>()).Select(entry => $"{entry.Name} {entry.Value}").Order());
        Assert.Equal(isKept ? 2 : 1, (await GetAllAsync<Ticket>()).Count);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Grains_see_and_write_over_what_a_nested_body_has_kept(
        bool isClient, bool isKnownToOrleans)
    {
        await Memento.TransactionAsync(
            async tx => { await tx.WriteAsync(new Entry { Name = "k", Value = 1 }); }).Within();
        IMemento memento = Of(isClient).GetRequiredService<IMemento>();
        await memento.TransactionAsync(async tx =>
        {
            IRecord<Entry> record = memento.GetRecord<Entry>("k");
            if (isKnownToOrleans) Assert.Equal(1, (await record.ReadAsync())!.Value);
            for (int value = 2; value <= 6; value += 2)
            {
                await tx.NestedAsync(
                    async inner => await inner.WriteAsync(new Entry { Name = "k", Value = value }));
                Assert.Equal(value, (await record.ReadAsync())!.Value);
                await record.WriteAsync(new Entry { Name = "k", Value = value + 1 });
                Assert.Equal(value + 1, (await tx.ReadAsync<Entry>("k"))!.Value);
            }
        }).Within();
        Assert.Equal(7, Assert.Single(await GetAllAsync<Entry>()).Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nested_bodies_that_only_call_grains_do_not_see_each_other_until_one_is_kept(
        bool isClient)
    {
        IMemento memento = Of(isClient).GetRequiredService<IMemento>();
        await memento.TransactionAsync(async _ =>
        {
            IRecord<Entry> record = memento.GetRecord<Entry>("k");
            await RunBesideAsync(
                memento,
                () => record.WriteAsync(new Entry { Name = "k", Value = 2 }),
                async () => Assert.Null(await record.ReadAsync()));
            Assert.Equal(2, (await record.ReadAsync())!.Value);
        }).Within();
        Assert.Equal(2, Assert.Single(await GetAllAsync<Entry>()).Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_record_that_a_running_body_wrote_by_a_grain_is_refused_to_grains_beside_it(
        bool isClient)
    {
        IMemento memento = Of(isClient).GetRequiredService<IMemento>();
        Exception? refused = null;
        await Record.ExceptionAsync(() => memento.TransactionAsync(_ =>
        {
            IRecord<Entry> record = memento.GetRecord<Entry>("k");
            return RunBesideAsync(
                memento,
                () => record.WriteAsync(new Entry { Name = "k", Value = 2 }),
                async () => refused = await Assert.ThrowsAnyAsync<Exception>(
                    () => record.WriteAsync(new Entry { Name = "k", Value = 3 })));
        }).Within());

        // Orleans ends a transaction in which a call has failed: nothing is said of the rest.
        Assert.NotNull(refused);
        Assert.Contains("Await that body", $"{refused}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_record_grain_that_comes_late_writes_nothing_for_a_body_that_was_given_up(
        bool isClient)
    {
        IMemento memento = Of(isClient).GetRequiredService<IMemento>();
        var isWaiting = new Signal();
        var mayAbort = new Signal();
        var mayEnd = new Signal();
        Task? late = null;
        Task running = memento.TransactionAsync(async tx =>
        {
            await tx.ReadAsync<Entry>("age");
            isWaiting.Set();
            await tx.TryNestedAsync(async inner =>
            {
                await mayAbort.WaitAsync();
                late = memento.GetRecord<Entry>("k")
                    .WriteAsync(new Entry { Name = "k", Value = 6 });
                await UntilWaitingAsync(tx);
                inner.Abort();
            });
            mayEnd.Set();
            await Record.ExceptionAsync(() => late!);
            await tx.WriteAsync(new Entry { Name = "other", Value = 1 });
        });
        await isWaiting.WaitAsync();
        OpenTransaction younger = await OpenTransaction.StartAsync(Memento);
        await younger.Tx.LockRecordAsync<Entry>("k", LockMode.Write).AsTask().Within();
        mayAbort.Set();
        await mayEnd.WaitAsync();
        await younger.CommitAsync();

        if (isClient)
        {
            await running.Within();
            Assert.Equal("other", Assert.Single(await GetAllAsync<Entry>()).Name);
        }
        else
        {
            // The grain's call is refused, and Orleans ends a transaction in which a call has
            // failed.
            await Assert.ThrowsAsync<NoTransactionException>(() => running.Within());
            Assert.Empty(await GetAllAsync<Entry>());
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task A_grain_call_that_a_body_leaves_running_keeps_nothing_and_locks_nothing(
        bool isClient, bool locksByGrain)
    {
        IMemento memento = Of(isClient).GetRequiredService<IMemento>();
        for (int round = 0; round < 20; round++)
        {
            var hasAge = new Signal();
            var isLocked = new Signal();
            Task? left = null;
            Task running = memento.TransactionAsync(async tx =>
            {
                if (locksByGrain)
                    await memento.GetRecord<Entry>("other").ReadAsync();
                else
                    await tx.ReadAsync<Entry>("other");
                hasAge.Set();
                await isLocked.WaitAsync();
                left = Shop(isClient).SellAsync("a", 1);
            });
            await hasAge.WaitAsync();
            OpenTransaction younger = await OpenTransaction.StartAsync(Memento);
            await younger.Tx.LockRecordAsync<Entry>("a", LockMode.Write).AsTask().Within();
            isLocked.Set();

            await Assert.ThrowsAnyAsync<MementoException>(() => running.Within());
            await Assert.ThrowsAnyAsync<Exception>(() => left!.Within());
            await younger.CommitAsync();
            await DisposeAsync();
            Assert.Empty(await GetAllAsync<Entry>());
        }
    }

    [Fact]
    public async Task A_method_that_is_not_transactional_is_in_no_transaction()
    {
        Assert.True(await Shop(isClient: false).SellAloneAsync("a").Within());
        await Memento.TryTransactionAsync(async tx =>
        {
            Assert.True(await Shop(isClient: false).SellAloneAsync("b"));
            tx.Abort();
        }).Within();
        Assert.Equal(["a", "b"], (await GetAllAsync<Entry>()).Select(entry => entry.Name).Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Increments_of_grains_side_by_side_all_count(bool isClient)
    {
        IMemento memento = Of(isClient).GetRequiredService<IMemento>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            for (int n = 0; n < 3; n++)
            {
                await memento.TransactionAsync(
                    async _ => await Shop(isClient, $"shop {i}").IncrementAsync("k"));
            }
        }))).Within();
        Assert.Equal(24, Assert.Single(await GetAllAsync<Entry>()).Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tables_and_a_transactional_state_commit_together(bool isClient)
    {
        string name = $"shop {Guid.NewGuid()}";
        await Shop(isClient, name).SellAndCountAsync("a").Within();
        Assert.Equal(1, await Shop(isClient, name).ReadCountAsync().Within());
        Assert.Equal(["a"], (await GetAllAsync<Entry>()).Select(static entry => entry.Name));

        IMemento memento = Of(isClient).GetRequiredService<IMemento>();
        await memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Entry { Name = "b", Value = 1 });
            await Shop(isClient, name).CountAsync();
        }).Within();
        Assert.Equal(2, await Shop(isClient, name).ReadCountAsync().Within());
        Assert.Equal(
            ["a", "b"], (await GetAllAsync<Entry>()).Select(static entry => entry.Name).Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tables_and_a_transactional_state_abort_together(bool isClient)
    {
        string name = $"shop {Guid.NewGuid()}";
        IMemento memento = Of(isClient).GetRequiredService<IMemento>();
        await memento.TryTransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Entry { Name = "a", Value = 1 });
            await Shop(isClient, name).CountAsync();
            tx.Abort();
        }).Within();
        await Assert.ThrowsAsync<InvalidOperationException>(() => memento.TransactionAsync(
            async tx =>
            {
                await Shop(isClient, name).SellAndCountAsync("b");
                throw new InvalidOperationException("The shop burns.");
            }).Within());

        await DisposeAsync();
        Assert.Empty(await GetAllAsync<Entry>());
        Assert.Equal(0, await Shop(isClient, name).ReadCountAsync().Within());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_state_that_is_only_read_commits_with_tables(bool isClient)
    {
        string name = $"shop {Guid.NewGuid()}";
        IMemento memento = Of(isClient).GetRequiredService<IMemento>();
        await memento.TransactionAsync(async tx =>
        {
            int count = await Shop(isClient, name).ReadCountAsync();
            await tx.WriteAsync(new Entry { Name = "a", Value = count });
        }).Within();
        await memento.TransactionAsync(async tx =>
        {
            Assert.NotNull(await tx.ReadAsync<Entry>("a"));
            Assert.Equal(0, await Shop(isClient, name).ReadCountAsync());
        }).Within();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transactional_state_alone_commits_in_a_body(bool isClient)
    {
        string name = $"shop {Guid.NewGuid()}";
        await Of(isClient).GetRequiredService<IMemento>().TransactionAsync(
            async _ => await Shop(isClient, name).CountAsync()).Within();
        Assert.Equal(1, await Shop(isClient, name).ReadCountAsync().Within());
    }

    /// <summary>
    /// Runs two nested bodies: the second beside the first one's end, after its call.
    /// </summary>
    private static async Task RunBesideAsync(IMemento memento, Func<Task> first, Func<Task> second)
    {
        Signal hasCalled = new(), mayEnd = new();
        ITransaction tx = memento.Current!;
        Task running = tx.NestedAsync(async _ =>
        {
            await first();
            hasCalled.Set();
            await mayEnd.WaitAsync();
        });
        await hasCalled.WaitAsync();
        try
        {
            await tx.NestedAsync(_ => second());
        }
        finally
        {
            mayEnd.Set();
            await running;
        }
    }

    private Task UntilWaitingAsync(ITransaction transaction)
        => Waiting.UntilAsync(
            () =>
            {
                List<LockInfo> locks = [];
                foreach (Partition partition in
                    fixture.Silo.GetRequiredService<PartitionDirectory>().All)
                {
                    partition.DescribeLocks(locks);
                }

                return locks.Exists(
                    each => each.IsWaiting && each.TransactionId == transaction.Id);
            },
            "the record grain waits for its lock");

    private IServiceProvider Of(bool isClient) => isClient ? fixture.Client : fixture.Silo;

    private IShopGrain Shop(bool isClient, string name = "shop")
        => Of(isClient).GetRequiredService<IGrainFactory>().GetGrain<IShopGrain>(name);

    private Task<IReadOnlyList<T>> GetAllAsync<T>()
        where T : class
        => Memento.TransactionAsync(async tx => await tx.AllAsync<T>()).Within();
}
