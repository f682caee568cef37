using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task A_body_knows_its_run_and_the_result_tells_how_many_there_were()
    {
        List<int> runs = [];
        TransactionResult result = await Memento.TryTransactionAsync(async tx =>
        {
            runs.Add(tx.Attempt);
            await tx.WriteAsync(new Entry { Name = "a" });
            if (tx.Attempt < 3) throw new TransactionConflictException("says the test");
            TransactionResult nested = await tx.TryNestedAsync(static inner =>
            {
                Assert.Equal(3, inner.Attempt);
                return Task.CompletedTask;
            });
            Assert.Equal(1, nested.Attempts);
        }).Within();

        Assert.Equal([1, 2, 3], runs);
        Assert.Equal((true, 3), (result.Ok, result.Attempts));
        TransactionResult<int> aborted = await Memento.TryTransactionAsync<int>(static tx =>
        {
            if (tx.Attempt == 1) throw new TransactionConflictException("says the test");
            tx.Abort();
            return Task.FromResult(1);
        }).Within();
        Assert.Equal((false, 2), (aborted.Ok, aborted.Attempts));
    }

    [Fact]
    public async Task Callbacks_run_once_after_the_commit_in_their_order_and_outside_of_it()
    {
        List<string> ran = [];
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Entry { Name = "a", Value = tx.Attempt });
            tx.OnCommitted(() => ran.Add($"first of {tx.Attempt}"));
            tx.OnCommitted(async () =>
            {
                Assert.Null(Memento.Current);
                Entry? stored = await Memento.Table<Entry>().GetAsync("a");
                ran.Add($"second sees {stored?.Value}");
            });
            tx.OnAborted(() => ran.Add("never"));
            if (tx.Attempt == 1) throw new TransactionConflictException("says the test");
        }).Within();

        Assert.Equal(["first of 2", "second sees 2"], ran);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Callbacks_run_after_an_abort_and_before_its_error(bool isThrown)
    {
        List<string> ran = [];
        Exception? error = await Record.ExceptionAsync(() => Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Entry { Name = "a" });
            tx.OnCommitted(() => ran.Add("never"));
            tx.OnAborted(async () =>
            {
                Assert.Null(await Memento.Table<Entry>().GetAsync("a"));
                ran.Add("aborted");
            });
            if (isThrown) throw new PlainException("says the test");
            tx.Abort();
        }).Within());

        Assert.IsType(
            isThrown ? typeof(PlainException) : typeof(TransactionAbortedException), error);
        Assert.Equal(["aborted"], ran);
    }

    [Fact]
    public async Task Callbacks_of_a_nested_body_that_is_undone_count_it_as_aborted()
    {
        List<string> ran = [];
        await Memento.TransactionAsync(async tx =>
        {
            await tx.TryNestedAsync(async inner =>
            {
                inner.OnCommitted(() => ran.Add("never"));
                await inner.NestedAsync(deep =>
                {
                    deep.OnAborted(() => ran.Add("deep was undone"));
                    return Task.CompletedTask;
                });
                inner.OnAborted(() => ran.Add("inner was undone"));
                inner.Abort();
            });
            await tx.NestedAsync(inner =>
            {
                inner.OnCommitted(() => ran.Add("kept"));
                inner.OnAborted(() => ran.Add("never"));
                return Task.CompletedTask;
            });
            Assert.Empty(ran);
        }).Within();

        Assert.Equal(["deep was undone", "inner was undone", "kept"], ran);
    }

    [Fact]
    public async Task A_callback_that_fails_changes_nothing()
    {
        List<string> ran = [];
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Entry { Name = "a" });
            tx.OnCommitted(() => throw new PlainException("says the test"));
            tx.OnCommitted(() => ran.Add("the next one"));
        }).Within();

        Assert.Equal(["the next one"], ran);
        Assert.NotNull(await Memento.Table<Entry>().GetAsync("a").Within());
    }

    [Fact]
    public async Task A_callback_cannot_be_added_after_the_end()
    {
        ITransaction? kept = null;
        await Memento.TransactionAsync(tx =>
        {
            kept = tx;
            Assert.Throws<ArgumentNullException>(() => tx.OnCommitted((Action)null!));
            Assert.Throws<ArgumentNullException>(() => tx.OnAborted((Func<Task>)null!));
            return Task.CompletedTask;
        }).Within();

        Assert.Throws<NoTransactionException>(() => kept!.OnCommitted(static () => { }));
    }
}
