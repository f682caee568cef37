using Memento.Tests.Conformance;
using Orleans.Transactions;

namespace Memento.Tests.TwoPhase;

/// <content>Locks, exclusive ones too, time limits, and transactions that only read.</content>
public abstract partial class TransactionKit<TStorage>
{
    [Theory]
    [MemberData(nameof(KitPlaces.All), MemberType = typeof(KitPlaces))]
    public async Task What_is_written_is_locked_until_the_end(bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        int other = Scene.NewKey();
        (Task writing, TaskCompletionSource end) = await BeginAsync(
            desk, tx => desk.AddAsync(tx, key, parts));
        Task<(long, long)> reading = desk.ReadAsync(key, parts);

        // What others hold does not wait, and the reader had the same way to go.
        for (int i = 1; i <= 3; i++)
            await desk.AddAsync(other, parts);
        Assert.Equal(parts.Each(3), await desk.ReadAsync(other, parts));
        Assert.False(reading.IsCompleted);
        end.SetResult();
        await writing.Within();
        Assert.Equal(parts.Each(1), await reading.Within());
    }

    [Theory]
    [MemberData(nameof(KitPlaces.All), MemberType = typeof(KitPlaces))]
    public async Task What_is_read_is_locked_exclusively_where_the_method_says_so(
        bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        await desk.AddAsync(key, parts);
        if (!parts.HasStates())
        {
            // Orleans lets the readers of a state end in the order in which they have read.
            (Task sharing, TaskCompletionSource last) = await BeginAsync(
                desk, async _ => await desk.Wallet(key).ReadBothAsync(key, parts));
            Assert.Equal(parts.Each(1), await desk.ReadAsync(key, parts));
            last.SetResult();
            await sharing.Within();
        }

        (Task excluding, TaskCompletionSource end) = await BeginAsync(
            desk, async _ => await desk.Wallet(key).ReadExclusivelyAsync(key, parts));
        Task<(long, long)> reading = desk.ReadAsync(key, parts);
        for (int i = 1; i <= 3; i++)
            await desk.AddAsync(key + 1, parts);
        Assert.False(reading.IsCompleted);
        end.SetResult();
        await excluding.Within();
        Assert.Equal(parts.Each(1), await reading.Within());
    }

    [Theory]
    [MemberData(nameof(KitPlaces.All), MemberType = typeof(KitPlaces))]
    public async Task What_reads_and_then_writes_at_once_adds_up(bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        IWallet wallet = desk.Wallet(key);
        foreach (bool isExclusive in new[] { false, true })
        {
            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
                desk.Memento.TransactionAsync(async _ => await (isExclusive
                    ? wallet.ReadExclusivelyAndAddAsync(key, parts)
                    : wallet.ReadAndAddAsync(key, parts))).Within())));
        }

        Assert.Equal(parts.Each(12), await desk.ReadAsync(key, parts));
        await Scene.UntilIdleAsync();
    }

    [Fact]
    public async Task A_body_past_its_time_limit_leaves_nothing()
        => await ForAllAsync(static _ => true, async (desk, key, parts) =>
        {
            var limit = TimeSpan.FromMilliseconds(700);
            await Assert.ThrowsAsync<TransactionTimeoutException>(
                () => desk.Memento.TransactionAsync(
                    async tx =>
                    {
                        await desk.AddAsync(tx, key, parts);
                        await Task.Delay(2 * limit);
                    },
                    new TransactionOptions { Timeout = limit }).Within());
            Assert.Equal(parts.Each(0), await desk.ReadAsync(key, parts));
        });

    /// <summary>
    /// Its caller was told that nothing is kept: what it begins then would be transactions of their
    /// own.
    /// </summary>
    [Fact]
    public async Task What_a_body_does_after_it_was_given_up_is_refused()
        => await ForAllAsync(static _ => true, async (desk, key, parts) =>
        {
            List<Func<Task>> uses =
            [
                () => desk.AddAsync(key, parts),
                () => desk.Transactions.RunTransaction(
                    TransactionOption.CreateOrJoin,
                    () => desk.Wallet(key).CreateOrJoinAsync(key, parts)),
                () => desk.Wallet(key).CreateOrJoinAsync(key, parts),
            ];
            foreach (Func<Task> use in uses)
            {
                using var cancellation = new CancellationTokenSource();
                foreach (bool isCancelled in (bool[])[false, true])
                {
                    var isGivenUp = new Signal();
                    Task body = Task.CompletedTask;
                    Task caller = desk.Memento.TransactionAsync(
                        _ => body = UseLateAsync(),
                        new TransactionOptions
                        {
                            Timeout = TimeSpan.FromSeconds(isCancelled ? 60 : 0.1),
                        },
                        cancellation.Token);
                    if (isCancelled)
                    {
                        await cancellation.CancelAsync();
                        await Assert.ThrowsAnyAsync<OperationCanceledException>(
                            () => caller.Within());
                    }
                    else
                    {
                        await Assert.ThrowsAsync<TransactionTimeoutException>(
                            () => caller.Within());
                    }

                    isGivenUp.Set();
                    await Assert.ThrowsAnyAsync<MementoException>(() => body.Within());

                    async Task UseLateAsync()
                    {
                        await isGivenUp.WaitAsync();
                        await use();
                    }
                }
            }

            Assert.Equal(parts.Each(0), await desk.ReadAsync(key, parts));
        });

    [Fact]
    public async Task A_wait_for_a_lock_ends_by_the_time_limit()
        => await ForAllAsync(static _ => true, async (desk, key, parts) =>
        {
            (Task holding, TaskCompletionSource end) = await BeginAsync(
                desk, tx => desk.AddAsync(tx, key, parts));
            await Assert.ThrowsAsync<TransactionTimeoutException>(() => desk.AddAsync(
                key, parts, new TransactionOptions { Timeout = TimeSpan.FromMilliseconds(500) }));
            end.SetResult();
            await holding.Within();
            Assert.Equal(parts.Each(1), await desk.ReadAsync(key, parts));
            await desk.AddAsync(key, parts);
            Assert.Equal(parts.Each(2), await desk.ReadAsync(key, parts));
        });

    /// <summary>
    /// Neither store sees the locks of the other, so that a time limit has to end the wait.
    /// </summary>
    [Fact]
    public async Task What_waits_crosswise_for_a_state_and_a_record_ends_whole()
        => await ForAllAsync(static parts => parts.HasBoth(), async (desk, key, parts) =>
        {
            using var both = new CountdownEvent(2);
            var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var limit = new TransactionOptions { Timeout = TimeSpan.FromSeconds(2) };
            Exception?[] errors = await Task.WhenAll(
                new[] { Parts.States, parts & ~Parts.States }.Select(async first =>
                {
                    bool isFirstRun = true;
                    return await Record.ExceptionAsync(() => desk.Memento.TransactionAsync(
                        async tx =>
                        {
                            await desk.AddAsync(tx, key, first);
                            if (isFirstRun)
                            {
                                isFirstRun = false;
                                if (both.Signal()) go.SetResult();
                                await go.Task;
                            }

                            await desk.AddAsync(tx, key, parts & ~first);
                        },
                        limit).Within());
                }));
            Assert.All(
                errors, static each => Assert.True(each is null or TransactionTimeoutException));
            int kept = errors.Count(static each => each is null);
            Assert.Equal(parts.Each(kept), await desk.ReadAsync(key, parts));
            await desk.AddAsync(key, parts);
            Assert.Equal(parts.Each(kept + 1), await desk.ReadAsync(key, parts));
        });

    [Theory]
    [MemberData(nameof(KitPlaces.All), MemberType = typeof(KitPlaces))]
    public async Task A_transaction_that_only_reads_may_not_write(bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        await desk.AddAsync(key, parts);
        Assert.Equal(parts.Each(1), await LookAsync());
        foreach (Parts written in new[] { parts & Parts.States, parts & ~Parts.States })
        {
            if (written == 0) continue;
            await Assert.ThrowsAsync<OrleansReadOnlyViolatedException>(
                () => Desk.AgainAsync(
                    () => desk.Wallet(key).AddAlthoughReadOnlyAsync(key, written)));
        }

        Assert.Equal(parts.Each(1), await LookAsync());

        // In a transaction that may write, it may too.
        await desk.Memento.TransactionAsync(
            async _ => await desk.Wallet(key).AddAlthoughReadOnlyAsync(key, parts)).Within();
        Assert.Equal(parts.Each(2), await desk.ReadAsync(key, parts));
        await Scene.UntilIdleAsync();

        Task<(long State, long Record)> LookAsync()
            => Desk.AgainAsync(() => desk.Wallet(key).LookAsync(key, parts));
    }

    [Theory]
    [MemberData(nameof(KitPlaces.All), MemberType = typeof(KitPlaces))]
    public async Task What_only_reads_keeps_no_decision(bool isClient, Parts parts)
    {
        Desk desk = await Scene.OpenAsync(isClient);
        int key = Scene.NewKey();
        await desk.AddAsync(key, parts);
        await Scene.UntilIdleAsync();
        int decisions = 0;
        foreach (FaultyStorage each in Scene.Storages)
        {
            each.Plan = (_, batch) =>
            {
                if (MixedScene.Decides(batch)) Interlocked.Increment(ref decisions);
                return null;
            };
        }

        for (int i = 0; i < 3; i++)
            Assert.Equal(parts.Each(1), await desk.ReadAsync(key, parts));
        Assert.Equal(0, decisions);

        // The same look finds a decision, where states and a record on disk change.
        await desk.AddAsync(key, parts);
        Assert.Equal(parts.HasBoth() && parts.AreOnDisk() ? 1 : 0, decisions);
        Scene.Mend();
    }

    /// <summary>
    /// Begins a transaction that has done something, and ends when the test says so.
    /// </summary>
    private static async Task<(Task Transaction, TaskCompletionSource End)> BeginAsync(
        Desk desk, Func<ITransaction, Task> first)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task transaction = desk.Memento.TransactionAsync(async tx =>
        {
            await first(tx);
            done.TrySetResult();
            await end.Task;
        });
        await done.Task.Within();
        return (transaction, end);
    }
}
