using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task An_abort_leaves_every_old_value_and_says_its_reason()
    {
        await SeedAsync();
        var aborted = await Assert.ThrowsAsync<TransactionAbortedException>(
            () => Memento.TransactionAsync(async tx =>
            {
                await ChangeEverythingAsync(tx);
                tx.Abort("out of stock");
            }).Within());

        Assert.Equal("out of stock", aborted.Reason);
        Assert.Contains("out of stock", aborted.Message, StringComparison.Ordinal);
        await AssertSeedAsync();
    }

    [Fact]
    public async Task TryTransaction_gives_an_abort_as_a_result_and_nothing_else()
    {
        await SeedAsync();
        TransactionResult<int> refused = await Memento.TryTransactionAsync<int>(async tx =>
        {
            await ChangeEverythingAsync(tx);
            tx.Abort("out of stock");
            return 1;
        }).Within();
        Assert.Equal(new TransactionResult<int>(Ok: false, 0, "out of stock"), refused);
        TransactionResult<int> silent = await Memento.TryTransactionAsync<int>(tx =>
        {
            tx.Abort();
            return Task.FromResult(1);
        }).Within();
        Assert.Equal(new TransactionResult<int>(Ok: false, 0, null), silent);
        await AssertSeedAsync();

        TransactionResult<int> done = await Memento.TryTransactionAsync(
            tx => Task.FromResult(7)).Within();
        Assert.Equal(new TransactionResult<int>(Ok: true, 7, null), done);
        TransactionResult without = await Memento.TryTransactionAsync(
            async tx => { await tx.DeleteAsync<Entry>("nothing"); }).Within();
        Assert.Equal(new TransactionResult(Ok: true, null), without);

        await Assert.ThrowsAsync<PlainException>(() => Memento.TryTransactionAsync<int>(
            _ => throw new PlainException("before any await")).Within());
        var foreign = new TransactionAbortedException("of somebody else");
        Assert.Same(foreign, await Assert.ThrowsAsync<TransactionAbortedException>(
            () => Memento.TryTransactionAsync<int>(_ => throw foreign).Within()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_exception_of_the_body_comes_out_unchanged_and_undoes_all(bool isTried)
    {
        await SeedAsync();
        Exception[] exceptions =
        [
            new PlainException("No serializer knows me."),
            new InvalidOperationException("outer", new PlainException("inner")),
            new OperationCanceledException("the body's own"),
            new TimeoutException("the body's own"),
            new MementoException("the body's own"),
            new AggregateException(new PlainException("one"), new PlainException("two")),
        ];
        foreach (Exception thrown in exceptions)
        {
            async Task BodyAsync(ITransaction tx)
            {
                await ChangeEverythingAsync(tx);
                throw thrown;
            }

            Task running = isTried
                ? Memento.TryTransactionAsync(BodyAsync)
                : Memento.TransactionAsync(BodyAsync);
            Assert.Same(thrown, await Assert.ThrowsAsync(thrown.GetType(), () => running.Within()));
            await UntilIdleAsync();
        }

        await AssertSeedAsync();
    }

    [Fact]
    public async Task A_cancelled_token_keeps_the_body_from_running()
    {
        bool ran = false;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Memento.TransactionAsync(
            _ =>
            {
                ran = true;
                return Task.CompletedTask;
            },
            options: null,
            new CancellationToken(canceled: true)).Within());
        Assert.False(ran);
    }

    [Fact]
    public async Task Cancellation_in_the_body_undoes_all()
    {
        await SeedAsync();
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Memento.TransactionAsync(
            async tx =>
            {
                await ChangeEverythingAsync(tx);
                await cancellation.CancelAsync();
            },
            options: null,
            cancellation.Token).Within());
        await AssertSeedAsync();
    }

    [Fact]
    public async Task Cancellation_ends_a_body_that_hangs()
    {
        await SeedAsync();
        using var cancellation = new CancellationTokenSource();
        var hanging = new Signal();
        Task running = Memento.TransactionAsync(
            async tx =>
            {
                await ChangeEverythingAsync(tx);
                hanging.Set();
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
            },
            options: null,
            cancellation.Token);
        await hanging.WaitAsync();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Within());
        await AssertSeedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancellation_ends_a_wait_for_a_lock(bool isOfTheCall)
    {
        using var cancellation = new CancellationTokenSource();
        var opened = new TaskCompletionSource<ITransaction>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        var isLocked = new Signal();
        Task older = Memento.TransactionAsync(
            async tx =>
            {
                await tx.ReadAsync<Entry>("age");
                opened.TrySetResult(tx);
                await isLocked.WaitAsync();
                await tx.ReadAsync<Entry>(
                    "k", LockMode.Read, isOfTheCall ? cancellation.Token : default);
            },
            options: null,
            isOfTheCall ? default : cancellation.Token);
        ITransaction waiting = await opened.Task.Within();
        OpenTransaction younger = await OpenAsync();
        await younger.Tx.WriteAsync(NewEntry("k", 1)).Within();

        isLocked.Set();
        await UntilWaitingAsync(waiting);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => older.Within());
        await younger.CommitAsync();
        Assert.Equal(1, (await GetAsync<Entry>("k"))!.Value);
    }

    [Fact]
    public async Task Two_tables_are_written_together_or_not_at_all()
    {
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewEntry("a", 1));
            await tx.WriteAsync(new Ticket { Title = "t", Code = "c" });
        }).Within();
        Assert.Single(await GetAllAsync<Entry>());
        Assert.Single(await GetAllAsync<Ticket>());

        await Assert.ThrowsAsync<UniqueIndexException>(() => Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewEntry("b", 1));
            await tx.WriteAsync(new Ticket { Title = "u", Code = "c" });
        }).Within());
        Assert.Single(await GetAllAsync<Entry>());
        Assert.Single(await GetAllAsync<Ticket>());
    }

    [Fact]
    public async Task Operations_side_by_side_in_one_transaction_are_all_kept()
    {
        await Memento.TransactionAsync(async tx =>
        {
            await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
            {
                await tx.WriteAsync(NewEntry($"k{i}", i, "g"));
                await tx.WriteAsync(new Ticket { Title = $"t{i}", Code = $"c{i}" });
                Assert.Equal(i, (await tx.ReadAsync<Entry>($"k{i}"))!.Value);
            })));
            Assert.Equal(40, await tx.CountAsync<Entry>());
        }).Within();
        Assert.Equal(780, (await GetAllAsync<Entry>()).Sum(static entry => entry.Value));
        Assert.Equal(
            40,
            (await GetAllAsync<Ticket>()).Select(static ticket => ticket.Id).Distinct().Count());
    }

    private Task SeedAsync() => Memento.TransactionAsync(async tx =>
    {
        await tx.WriteAsync(NewEntry("changed", 1, "g"));
        await tx.WriteAsync(NewEntry("deleted", 2, "g"));
        await tx.WriteAsync(NewTag("rose", "red"));
        await tx.WriteAsync(new Ticket { Id = 1_000_000, Title = "t", Code = "c", Owner = "o" });
    }).Within();

    private static async Task ChangeEverythingAsync(ITransaction tx)
    {
        await tx.WriteAsync(NewEntry("changed", 99, "h"));
        await tx.DeleteAsync<Entry>("deleted");
        await tx.WriteAsync(NewEntry("new", 3, "g"));
        await tx.WriteAsync(NewTag("rose", "blue"));
        await tx.DeleteRecordAsync(NewTag("rose", "red"));
        await tx.WriteAsync(new Ticket { Id = 1_000_000, Title = "t", Code = "d", Owner = "p" });
        await tx.WriteAsync(new Ticket { Title = "u", Code = "c", Owner = "o" });
    }

    private async Task AssertSeedAsync()
    {
        await UntilIdleAsync();
        await Memento.TransactionAsync(async tx =>
        {
            Entry[] entries = [NewEntry("changed", 1, "g"), NewEntry("deleted", 2, "g")];
            Assert.Equal(entries, InOrder(await tx.AllAsync<Entry>()));
            Assert.Equal(entries, InOrder(await tx.MatchAsync<Entry>(new { Group = "g" })));
            Assert.Empty(await tx.MatchAsync<Entry>(new { Group = "h" }));
            Assert.Equal([NewTag("rose", "red")], await tx.AllAsync<Tag>());
            Ticket ticket = Assert.Single(await tx.AllAsync<Ticket>());
            Assert.Equal(("c", "o"), (ticket.Code, ticket.Owner));
            Assert.Equal([ticket], await tx.MatchAsync<Ticket>(new { Code = "c" }));
            Assert.Empty(await tx.MatchAsync<Ticket>(new { Code = "d" }));
        }).Within();
    }
}
