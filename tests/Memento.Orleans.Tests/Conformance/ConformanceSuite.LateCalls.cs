using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

/// <summary>
/// Calls that go on when the body that made them does not, and calls side by side.
/// </summary>
public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task What_a_nested_body_began_and_gave_up_is_never_carried_out()
    {
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();
        await younger.Tx.LockRecordAsync<Entry>("k", LockMode.Write).AsTask().Within();
        await younger.Tx.LockRecordAsync<Ticket>(7, LockMode.Write).AsTask().Within();
        Task<Entry>? write = null;
        Task<Ticket>? inSteps = null;

        await Assert.ThrowsAsync<PlainException>(() => older.Tx.NestedAsync(async inner =>
        {
            write = inner.WriteAsync(NewEntry("k", 666)).AsTask();
            await UntilWaitingAsync(older.Tx);
            inSteps = inner.WriteAsync(new Ticket { Id = 7, Title = "t", Code = "c" }).AsTask();
            throw new PlainException("It does not wait for them.");
        }).Within());

        // Their locks are still another's: they are refused all the same.
        await Assert.ThrowsAsync<NoTransactionException>(() => write!.Within());
        await Assert.ThrowsAsync<NoTransactionException>(() => inSteps!.Within());
        await younger.CommitAsync();
        Assert.Null(await older.Tx.ReadAsync<Entry>("k").Within());
        await older.Tx.WriteAsync(NewEntry("other", 1)).Within();
        await older.CommitAsync();
        Assert.Equal(["other"], (await GetAllAsync<Entry>()).Select(static each => each.Name));
        await PutAsync(new Ticket { Title = "u", Code = "c" });
        Assert.Single(await GetAllAsync<Ticket>());
    }

    [Fact]
    public async Task A_call_that_is_cancelled_with_its_nested_body_harms_nothing_around_it()
    {
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();
        await younger.Tx.LockRecordAsync<Entry>("k", LockMode.Write).AsTask().Within();
        using var cancellation = new CancellationTokenSource();
        Task nested = older.Tx.NestedAsync(async inner =>
        {
            await inner.WriteAsync(NewEntry("inner", 1));
            await inner.WriteAsync(NewEntry("k", 1), cancellationToken: cancellation.Token);
        });
        await UntilWaitingAsync(older.Tx);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => nested.Within());

        await older.Tx.WriteAsync(NewEntry("outer", 1)).Within();
        await older.CommitAsync();
        await younger.CommitAsync();
        Assert.Equal(["outer"], (await GetAllAsync<Entry>()).Select(static each => each.Name));
        Assert.Equal(1, older.Runs);
    }

    [Fact]
    public async Task A_nested_body_that_leaves_a_call_running_is_undone()
    {
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();
        await younger.Tx.LockRecordAsync<Entry>("k", LockMode.Write).AsTask().Within();
        Task<Entry>? left = null;

        var error = await Assert.ThrowsAsync<MementoException>(
            () => older.Tx.NestedAsync(async inner =>
            {
                await inner.WriteAsync(NewEntry("done", 1));
                left = inner.WriteAsync(NewEntry("k", 1)).AsTask();
                await UntilWaitingAsync(older.Tx);
            }).Within());

        Assert.Contains(
            "still running when the body ended", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NoTransactionException>(() => left!.Within());
        await younger.CommitAsync();
        await older.Tx.WriteAsync(NewEntry("kept", 1)).Within();
        await older.CommitAsync();
        Assert.Equal(["kept"], (await GetAllAsync<Entry>()).Select(static each => each.Name));
    }

    [Fact]
    public async Task A_nested_body_that_still_runs_when_the_outer_one_ends_undoes_the_transaction()
    {
        var mayEnd = new Signal();
        Task? nested = null;
        var error = await Assert.ThrowsAsync<MementoException>(() => Memento.TransactionAsync(
            async tx =>
            {
                var hasWritten = new Signal();
                nested = tx.NestedAsync(async inner =>
                {
                    await inner.WriteAsync(NewEntry("half", 1));
                    hasWritten.Set();
                    await mayEnd.WaitAsync();
                    await inner.WriteAsync(NewEntry("other half", 1));
                });
                await hasWritten.WaitAsync();
            }).Within());
        mayEnd.Set();

        Assert.Contains("still running", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NoTransactionException>(() => nested!.Within());
        Assert.Empty(await GetAllAsync<Entry>());
    }

    [Fact]
    public async Task Code_that_a_given_up_body_left_running_writes_nothing_through_the_outer_one()
    {
        await Memento.TransactionAsync(async tx =>
        {
            Signal given = new(), kept = new();
            Task left = Task.CompletedTask, leftOfKept = Task.CompletedTask;
            await tx.TryNestedAsync(inner =>
            {
                left = Task.Run(async () =>
                {
                    await given.WaitAsync();
                    await Assert.ThrowsAsync<NoTransactionException>(
                        async () => await tx.WriteAsync(NewEntry("lost", 1)));
                    await Assert.ThrowsAsync<NoTransactionException>(
                        async () => await Memento.Table<Entry>().PutAsync(NewEntry("lost", 1)));
                });
                inner.Abort();
                return Task.CompletedTask;
            });
            await tx.NestedAsync(inner =>
            {
                leftOfKept = Task.Run(async () =>
                {
                    await kept.WaitAsync();
                    await tx.WriteAsync(NewEntry("kept", 1));
                });
                return Task.CompletedTask;
            });
            given.Set();
            kept.Set();
            await Task.WhenAll(left, leftOfKept);
        }).Within();
        Assert.Equal("kept", Assert.Single(await GetAllAsync<Entry>()).Name);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Calls_on_one_record_begun_side_by_side_apply_in_their_order(bool hasEntry)
    {
        const int Rounds = 20;
        for (int round = 0; round < Rounds; round++)
        {
            string key = $"k{round}";
            if (hasEntry) await PutAsync(NewEntry(key, -1, "g"));
            OpenTransaction older = await OpenAsync();
            OpenTransaction younger = await OpenAsync();
            await younger.Tx.LockRecordAsync<Entry>(key, LockMode.Write).AsTask().Within();

            // All wait for the lock, some in another message than the first ones.
            Task<Entry> first = older.Tx.WriteAsync(NewEntry(key, 1, "g")).AsTask();
            await UntilWaitingAsync(older.Tx);
            Task<Entry> second = older.Tx.WriteAsync(NewEntry(key, 2, "g")).AsTask();
            Task<Entry?> read = older.Tx.ReadAsync<Entry>(key).AsTask();
            Task<bool> deletion = older.Tx.DeleteAsync<Entry>(key).AsTask();
            Task<long> count = older.Tx.CountAsync<Entry>().AsTask();
            Task<Entry> last = older.Tx.WriteAsync(NewEntry(key, 3, "g")).AsTask();
            await younger.CommitAsync();
            await Task.WhenAll(first, second, read, deletion, count, last).Within();

            Assert.Equal(2, (await read)!.Value);
            Assert.True(await deletion);
            Assert.Equal(round, await count);
            await older.CommitAsync();
            Assert.Equal(3, (await GetAsync<Entry>(key))!.Value);
        }
    }

    [Fact]
    public async Task A_call_behind_one_that_is_cancelled_goes_on()
    {
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();
        await younger.Tx.LockRecordAsync<Entry>("k", LockMode.Write).AsTask().Within();
        using var cancellation = new CancellationTokenSource();
        Task<Entry> first = older.Tx
            .WriteAsync(NewEntry("k", 1), cancellationToken: cancellation.Token).AsTask();
        await UntilWaitingAsync(older.Tx);
        Task<Entry> second = older.Tx.WriteAsync(NewEntry("k", 2)).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Within());
        await younger.CommitAsync();
        await second.Within();

        Assert.Equal(2, (await older.Tx.ReadAsync<Entry>("k").Within())!.Value);
        if (await fixture.IsElsewhereAsync<Entry>("k"))
            await Assert.ThrowsAsync<MementoException>(older.CommitAsync);
        else
            await older.CommitAsync();
    }
}
