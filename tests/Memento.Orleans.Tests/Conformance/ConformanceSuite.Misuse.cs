using Memento.Locks;
using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transaction_cannot_be_used_after_its_end(bool wasCommitted)
    {
        ITransaction? ended = null, nested = null;
        await Memento.TryTransactionAsync(async tx =>
        {
            ended = tx;
            await tx.NestedAsync(async inner =>
            {
                nested = inner;
                await inner.WriteAsync(NewEntry("a", 1));
            });
            if (!wasCommitted) tx.Abort();
        }).Within();

        foreach (ITransaction tx in (ITransaction[])[ended!, nested!])
        {
            foreach (Func<Task> use in UsesOf(tx))
            {
                var error = await Assert.ThrowsAsync<NoTransactionException>(() => use().Within());
                Assert.Contains(
                    $"Transaction {tx.Id} has ended", error.Message, StringComparison.Ordinal);
                await Assert.ThrowsAsync<NoTransactionException>(() => Task.Run(use).Within());
            }
        }

        Assert.Equal(wasCommitted ? 1 : 0, (await GetAllAsync<Entry>()).Count);
    }

    [Fact]
    public async Task A_nested_transaction_cannot_be_used_after_its_end_while_its_parent_runs()
    {
        await Memento.TransactionAsync(async tx =>
        {
            ITransaction? nested = null;
            await tx.NestedAsync(async inner =>
            {
                nested = inner;
                await inner.WriteAsync(NewEntry("a", 1));
            });
            foreach (Func<Task> use in UsesOf(nested!))
                await Assert.ThrowsAsync<NoTransactionException>(use);
            await tx.WriteAsync(NewEntry("b", 1));
        }).Within();
        Assert.Equal(2, (await GetAllAsync<Entry>()).Count);
    }

    [Fact]
    public async Task What_the_body_left_running_is_not_in_the_transaction_after_its_end()
    {
        var hasEnded = new Signal();
        Task<bool>? left = null;
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewEntry("a", 1));
            left = Task.Run(async () =>
            {
                await hasEnded.WaitAsync();
                bool isOutside = Memento.Current is null;
                await Memento.TransactionAsync(
                    async own => { await own.WriteAsync(NewEntry("b", 1)); });
                return isOutside;
            });
        }).Within();
        hasEnded.Set();

        Assert.True(await left!.Within(), "Current is null once the transaction has ended.");
        Assert.Equal(1, (await GetAsync<Entry>("b"))!.Value);
        await UntilIdleAsync();
    }

    [Fact]
    public async Task A_call_that_still_runs_when_the_body_ends_undoes_the_transaction()
    {
        var opened = new TaskCompletionSource<ITransaction>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        var isLocked = new Signal();
        var mayEnd = new Signal();
        Task<Entry>? left = null;
        Task older = Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewEntry("a", 1));
            opened.TrySetResult(tx);
            await isLocked.WaitAsync();
            left = tx.WriteAsync(NewEntry("k", 9)).AsTask();
            await mayEnd.WaitAsync();
        });
        ITransaction careless = await opened.Task.Within();
        OpenTransaction younger = await OpenAsync();
        await younger.Tx.WriteAsync(NewEntry("k", 1)).Within();
        isLocked.Set();
        await UntilWaitingAsync(careless);
        mayEnd.Set();

        var error = await Assert.ThrowsAsync<MementoException>(() => older.Within());
        Assert.Contains(
            "still running when its body ended", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NoTransactionException>(() => left!.Within());
        await younger.CommitAsync();
        Assert.Equal(NewEntry("k", 1), Assert.Single(await GetAllAsync<Entry>()));
    }

    [Fact]
    public async Task A_body_that_swallows_a_conflict_is_run_again_all_the_same()
    {
        await PutAsync(NewEntry("k", 1));
        OpenTransaction older = await OpenAsync();
        await older.Tx.WriteAsync(NewEntry("k", 2)).Within();

        async Task SwallowAsync(ITransaction tx)
        {
            await tx.WriteAsync(NewEntry("other", 1));
            try
            {
                await tx.ReadAsync<Entry>("k");
            }
            catch (TransactionConflictException)
            {
                // Every later call says so again.
                await Assert.ThrowsAsync<TransactionConflictException>(
                    async () => await tx.ReadAsync<Entry>("free"));
            }
        }

        await Assert.ThrowsAsync<TransactionConflictException>(
            () => Memento.TransactionAsync(SwallowAsync, Once).Within());
        await older.CommitAsync();
        Assert.Null(await GetAsync<Entry>("other"));
        await Memento.TransactionAsync(SwallowAsync).Within();
        Assert.NotNull(await GetAsync<Entry>("other"));
    }

    [Fact]
    public async Task A_body_that_swallows_its_own_abort_is_aborted_all_the_same()
    {
        TransactionResult result = await Memento.TryTransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewEntry("a", 1));
            Assert.Throws<TransactionAbortedException>(() => tx.Abort("yes"));
        }).Within();
        Assert.Equal(new TransactionResult(Ok: false, "yes"), result);
        Assert.Empty(await GetAllAsync<Entry>());
    }

    [Fact]
    public async Task An_error_of_a_call_can_be_handled_and_the_transaction_goes_on()
    {
        await PutAsync(new Ticket { Id = 1_000_001, Title = "t", Code = "c" });
        await Memento.TransactionAsync(async tx =>
        {
            await Assert.ThrowsAsync<UniqueIndexException>(
                async () => await tx.WriteAsync(new Ticket { Title = "u", Code = "c" }));
            await Assert.ThrowsAsync<ArgumentException>(async () => await tx.ReadAsync<Entry>(1));
            await Assert.ThrowsAsync<QueryNotSupportedException>(
                async () => await tx.SelectAsync<Entry>(entry => entry.Name.Trim() == "a"));
            await Assert.ThrowsAsync<TableNotFoundException>(
                async () => await tx.AllAsync<Unregistered>());
            await tx.WriteAsync(NewEntry("a", 1));
        }).Within();
        Assert.Single(await GetAllAsync<Entry>());
        Assert.Single(await GetAllAsync<Ticket>());
    }

    [Fact]
    public async Task Options_out_of_range_are_refused()
    {
        TransactionOptions[] wrong =
        [
            new() { MaxAttempts = 0 },
            new() { MaxAttempts = -1 },
            new() { Timeout = TimeSpan.Zero },
            new() { Timeout = TimeSpan.FromTicks(-1) },
            new() { Timeout = Timeout.InfiniteTimeSpan },
            new() { Timeout = TimeSpan.FromHours(1) + TimeSpan.FromTicks(1) },
        ];
        foreach (TransactionOptions options in wrong)
        {
            var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
                () => Memento.TransactionAsync(_ => Task.CompletedTask, options));
            Assert.Contains(
                options.MaxAttempts is null
                    ? "TransactionOptions.Timeout"
                    : "TransactionOptions.MaxAttempts",
                error.Message,
                StringComparison.Ordinal);
        }

        await Memento.TransactionAsync(
            _ => Task.CompletedTask,
            new TransactionOptions { MaxAttempts = 1, Timeout = TimeSpan.FromHours(1) });
        await Assert.ThrowsAsync<ArgumentNullException>(
            () => Memento.TransactionAsync((Func<ITransaction, Task>)null!));
    }

    [Fact]
    public async Task A_transaction_that_waits_past_its_limit_times_out_and_says_for_what()
    {
        var opened = new Signal();
        var isLocked = new Signal();
        Task older = Memento.TransactionAsync(
            async tx =>
            {
                await tx.ReadAsync<Entry>("age");
                opened.Set();
                await isLocked.WaitAsync();
                await tx.WriteAsync(NewEntry("k", 2));
            },
            new TransactionOptions { Timeout = TimeSpan.FromMilliseconds(700) });
        await opened.WaitAsync();
        OpenTransaction younger = await OpenAsync();
        await younger.Tx.WriteAsync(NewEntry("k", 1)).Within();
        isLocked.Set();

        var late = await Assert.ThrowsAsync<TransactionTimeoutException>(() => older.Within());
        Assert.Contains(
            "write lock on key 'k' of table 'Entry'", late.Message, StringComparison.Ordinal);
        Assert.Contains($"{younger.Tx.Id}", late.Message, StringComparison.Ordinal);
        await younger.CommitAsync();
        Assert.Equal(1, (await GetAsync<Entry>("k"))!.Value);
    }

    [Fact]
    public async Task A_body_that_hangs_times_out_and_leaves_nothing()
    {
        OpenTransaction hanging = await OpenAsync(
            new TransactionOptions { Timeout = TimeSpan.FromMilliseconds(700) });
        await hanging.Tx.WriteAsync(NewEntry("k", 1)).Within();

        var late = await Assert.ThrowsAsync<TransactionTimeoutException>(
            () => hanging.Done.Within());
        Assert.Contains("time limit", late.Message, StringComparison.Ordinal);
        await UntilIdleAsync();
        await Assert.ThrowsAnyAsync<MementoException>(
            () => hanging.Tx.WriteAsync(NewEntry("k", 2)).Within());
        Assert.Empty(await GetAllAsync<Entry>());
    }

    [Fact]
    public async Task A_transaction_that_loses_until_its_limit_times_out_and_says_against_whom()
    {
        OpenTransaction older = await OpenAsync();
        await older.Tx.WriteAsync(NewEntry("k", 1)).Within();
        int runs = 0;

        var late = await Assert.ThrowsAsync<TransactionTimeoutException>(
            () => Memento.TransactionAsync(
                async tx =>
                {
                    runs++;
                    await tx.ReadAsync<Entry>("k");
                },
                new TransactionOptions { Timeout = TimeSpan.FromMilliseconds(500) }).Within());
        Assert.True(runs > 1);
        Assert.Contains($"{older.Tx.Id}", late.Message, StringComparison.Ordinal);
        await older.CommitAsync();
    }

    [Fact]
    public async Task A_cancelled_call_that_the_body_swallows_never_commits_half_of_it()
    {
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();
        await younger.Tx.WriteAsync(NewEntry("k", 1)).Within();
        using var cancellation = new CancellationTokenSource();
        Task<Entry?> reading = older.Tx
            .ReadAsync<Entry>("k", LockMode.Read, cancellation.Token).AsTask();
        await UntilWaitingAsync(older.Tx);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.Within());

        if (await fixture.IsElsewhereAsync<Entry>("k"))
        {
            // The silo may have carried it out by the time that it hears of the end.
            var error = await Assert.ThrowsAsync<MementoException>(older.CommitAsync);
            Assert.Contains("was cancelled", error.Message, StringComparison.Ordinal);
        }
        else
        {
            await older.CommitAsync();
        }

        Assert.Equal(1, older.Runs);
        await younger.CommitAsync();
    }

    [Fact]
    public async Task A_cancelled_write_whose_lock_comes_later_is_never_kept()
    {
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();
        await younger.Tx.WriteAsync(NewEntry("k", 1)).Within();
        using var cancellation = new CancellationTokenSource();
        Task<Entry> writing = older.Tx
            .WriteAsync(NewEntry("k", 2), LockMode.Write, cancellation.Token).AsTask();
        await UntilWaitingAsync(older.Tx);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.Within());

        await younger.CommitAsync();

        if (await fixture.IsElsewhereAsync<Entry>("k"))
        {
            await Waiting.UntilAsync(
                () => Locks.Exists(each => each.TransactionId == older.Tx.Id && !each.IsWaiting
                    && each.Kinds.HasFlag(LockKind.Write)),
                "the silo carries out the write that was given up");
            await Assert.ThrowsAsync<MementoException>(older.CommitAsync);
        }
        else
        {
            await older.CommitAsync();
        }

        await UntilIdleAsync();
        Assert.Equal(1, (await GetAsync<Entry>("k"))!.Value);
    }

    private static IEnumerable<Func<Task>> UsesOf(ITransaction tx)
    {
        yield return async () => await tx.ReadAsync<Entry>("a");
        yield return async () => await tx.ReadAllAsync<Entry>("a");
        yield return async () => await tx.WriteAsync(NewEntry("z", 1));
        yield return async () => await tx.DeleteAsync<Entry>("a");
        yield return async () => await tx.DeleteRecordAsync(NewEntry("a", 1));
        yield return async () => await tx.AllAsync<Entry>();
        yield return async () => await tx.MatchAsync<Entry>(new { Name = "a" });
        yield return async () => await tx.SelectAsync<Entry>(entry => entry.Value == 1);
        yield return async () => await tx.CountAsync<Entry>();
        yield return () => tx.NestedAsync(_ => Task.CompletedTask);
        yield return () => tx.TryNestedAsync(_ => Task.CompletedTask);
        yield return () =>
        {
            tx.Abort();
            return Task.CompletedTask;
        };
    }
}
