using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task A_nested_abort_undoes_the_nested_writes_only()
    {
        await PutAsync(NewEntry("a", 1, "g"), NewEntry("b", 1, "g"));
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewEntry("a", 2, "g"));
            TransactionResult<int> result = await tx.TryNestedAsync<int>(async inner =>
            {
                await inner.WriteAsync(NewEntry("a", 3, "h"));
                await inner.DeleteAsync<Entry>("b");
                await inner.WriteAsync(NewEntry("c", 3, "g"));
                await inner.WriteAsync(new Ticket { Title = "t", Code = "c" });
                await AssertViewAsync(inner, NewEntry("a", 3, "h"), NewEntry("c", 3, "g"));
                inner.Abort("no");
                return 1;
            });
            Assert.Equal(new TransactionResult<int>(Ok: false, 0, "no"), result);
            await AssertViewAsync(tx, NewEntry("a", 2, "g"), NewEntry("b", 1, "g"));
            Assert.Equal(0, await tx.CountAsync<Ticket>());
            await tx.WriteAsync(NewEntry("c", 4));
            await tx.WriteAsync(new Ticket { Title = "u", Code = "c" });
        }).Within();

        await Memento.TransactionAsync(tx => AssertViewAsync(
            tx, NewEntry("a", 2, "g"), NewEntry("b", 1, "g"), NewEntry("c", 4))).Within();
        Assert.Equal("u", Assert.Single(await GetAllAsync<Ticket>()).Title);
    }

    [Fact]
    public async Task A_nested_exception_undoes_the_nested_writes_and_comes_out_unchanged()
    {
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewEntry("a", 1));
            var thrown = new PlainException("nested");
            Assert.Same(thrown, await Assert.ThrowsAsync<PlainException>(
                () => tx.NestedAsync(async inner =>
                {
                    await inner.WriteAsync(NewEntry("b", 1));
                    throw thrown;
                })));
            var aborted = await Assert.ThrowsAsync<TransactionAbortedException>(
                () => tx.NestedAsync(async inner =>
                {
                    await inner.WriteAsync(NewEntry("b", 2));
                    inner.Abort("why");
                }));
            Assert.Equal("why", aborted.Reason);
            await AssertViewAsync(tx, NewEntry("a", 1));
        }).Within();
        Assert.Equal("a", Assert.Single(await GetAllAsync<Entry>()).Name);
    }

    [Fact]
    public async Task An_abort_of_the_parent_undoes_a_nested_transaction_that_was_done()
    {
        await Memento.TryTransactionAsync(async tx =>
        {
            await tx.NestedAsync(async inner => { await inner.WriteAsync(NewEntry("a", 1)); });
            await AssertViewAsync(tx, NewEntry("a", 1));
            tx.Abort();
        }).Within();
        Assert.Empty(await GetAllAsync<Entry>());
    }

    [Fact]
    public async Task Savepoints_nest_and_are_undone_each_with_what_is_inside_it()
    {
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewEntry("a", 1));
            await tx.TryNestedAsync(async middle =>
            {
                await middle.WriteAsync(NewEntry("b", 1));
                await middle.NestedAsync(
                    async inner => { await inner.WriteAsync(NewEntry("c", 1)); });
                await middle.TryNestedAsync(async inner =>
                {
                    await inner.WriteAsync(NewEntry("c", 2));
                    inner.Abort();
                });
                await AssertViewAsync(
                    middle, NewEntry("a", 1), NewEntry("b", 1), NewEntry("c", 1));
                middle.Abort();
            });
            await AssertViewAsync(tx, NewEntry("a", 1));
            await tx.NestedAsync(async inner => { await inner.WriteAsync(NewEntry("b", 5)); });
            await tx.TryNestedAsync(async inner =>
            {
                await inner.DeleteAsync<Entry>("b");
                inner.Abort();
            });
        }).Within();
        await Memento.TransactionAsync(
            tx => AssertViewAsync(tx, NewEntry("a", 1), NewEntry("b", 5))).Within();
    }

    [Fact]
    public async Task The_outer_transaction_can_be_aborted_from_inside_a_nested_one()
    {
        TransactionResult result = await Memento.TryTransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewEntry("a", 1));
            await tx.TryNestedAsync(async inner =>
            {
                await inner.WriteAsync(NewEntry("b", 1));
                tx.Abort("all of it");
            });
            Assert.Fail("The abort is the outer transaction's.");
        }).Within();

        Assert.Equal(new TransactionResult(Ok: false, "all of it"), result);
        Assert.Empty(await GetAllAsync<Entry>());
    }

    [Fact]
    public async Task A_write_through_the_outer_transaction_inside_a_nested_body_is_undone_with_it()
    {
        await PutAsync([.. Enumerable.Range(0, 8).Select(i => NewEntry($"k{i}", 1))]);
        await Memento.TransactionAsync(async tx =>
        {
            await tx.TryNestedAsync(async inner =>
            {
                for (int i = 0; i < 8; i++)
                    await tx.WriteAsync(NewEntry($"k{i}", 2));
                await inner.WriteAsync(NewEntry("k0", 3));
                inner.Abort();
            });
        }).Within();
        Assert.All(await GetAllAsync<Entry>(), static entry => Assert.Equal(1, entry.Value));
    }

    [Fact]
    public async Task A_nested_abort_keeps_the_locks()
    {
        OpenTransaction older = await OpenAsync();
        await older.Tx.TryNestedAsync(async inner =>
        {
            await inner.WriteAsync(NewEntry("k", 1));
            inner.Abort();
        }).Within();

        await Assert.ThrowsAsync<TransactionConflictException>(() => Memento.TransactionAsync(
            async tx => await tx.ReadAsync<Entry>("k"), Once).Within());
        await older.CommitAsync();
        Assert.Null(await GetAsync<Entry>("k"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_conflict_in_a_nested_transaction_runs_the_outermost_body_again(
        bool isSwallowed)
    {
        await PutAsync(NewEntry("k", 1));
        OpenTransaction older = await OpenAsync();
        await older.Tx.WriteAsync(NewEntry("k", 2)).Within();
        int outerRuns = 0, innerRuns = 0;

        Task<long> younger = Memento.TransactionAsync(async tx =>
        {
            Interlocked.Increment(ref outerRuns);
            try
            {
                return await tx.NestedAsync(async inner =>
                {
                    innerRuns++;
                    return (await inner.ReadAsync<Entry>("k"))!.Value;
                });
            }
            catch (TransactionConflictException) when (isSwallowed)
            {
                return -1;
            }
        });
        await Waiting.UntilAsync(() => Volatile.Read(ref outerRuns) > 1, "it runs again");
        await older.CommitAsync();

        Assert.Equal(2, await younger.Within());
        Assert.Equal(outerRuns, innerRuns);
    }

    [Fact]
    public async Task TransactionAsync_in_a_body_is_a_nested_transaction()
    {
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewEntry("a", 1));
            TransactionResult tried = await Memento.TryTransactionAsync(async inner =>
            {
                Assert.Equal(tx.Id, inner.Id);
                Assert.Equal(1, (await inner.ReadAsync<Entry>("a"))!.Value);
                await inner.WriteAsync(NewEntry("a", 2));
                inner.Abort("no");
            });
            Assert.Equal(new TransactionResult(Ok: false, "no"), tried);
            await Memento.TransactionAsync(
                async inner => { await inner.WriteAsync(NewEntry("b", 1)); });
            await AssertViewAsync(tx, NewEntry("a", 1), NewEntry("b", 1));
        }).Within();
        Assert.Equal(2, (await GetAllAsync<Entry>()).Count);

        await Memento.TryTransactionAsync(async tx =>
        {
            await Memento.TransactionAsync(
                async inner => { await inner.WriteAsync(NewEntry("c", 1)); });
            tx.Abort();
        }).Within();
        Assert.Equal(2, (await GetAllAsync<Entry>()).Count);
    }

    [Fact]
    public async Task Current_is_the_transaction_whose_body_runs()
    {
        Assert.Null(Memento.Current);
        await Memento.TransactionAsync(async tx =>
        {
            Assert.Same(tx, Memento.Current);
            await tx.ReadAsync<Entry>("a");
            Assert.Same(tx, Memento.Current);
            await tx.NestedAsync(async inner =>
            {
                Assert.NotSame(tx, inner);
                Assert.Same(inner, Memento.Current);
                await inner.ReadAsync<Entry>("b");
                Assert.Same(inner, Memento.Current);
            });
            Assert.Same(tx, Memento.Current);
            await Task.Run(() => Assert.Same(tx, Memento.Current));
        }).Within();
        Assert.Null(Memento.Current);
        await Memento.TryTransactionAsync(tx =>
        {
            tx.Abort();
            return Task.CompletedTask;
        }).Within();
        Assert.Null(Memento.Current);
    }
}
