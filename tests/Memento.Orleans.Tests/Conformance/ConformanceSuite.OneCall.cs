using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task A_table_is_used_call_by_call()
    {
        ITable<Entry> entries = Memento.Table<Entry>();
        Assert.Null(await entries.GetAsync("a"));
        Assert.Null(await entries.UpdateAsync("a", each => each with { Value = 2 }));
        await entries.PutAsync(NewEntry("a", 1, "g"));
        Assert.True(await entries.ExistsAsync("a"));
        Assert.Equal(2, (await entries.UpdateAsync("a", each => each with { Value = 2 }))!.Value);
        Assert.Equal(
            ["a"], (await entries.WhereAsync(each => each.Group == "g")).Select(e => e.Name));
        Assert.Equal(1, await entries.CountAsync());
        Assert.True(await entries.DeleteAsync("a"));
        Assert.False(await entries.DeleteAsync("a"));
        Assert.False(await entries.ExistsAsync("a"));
    }

    [Fact]
    public async Task An_update_may_not_change_the_key()
    {
        await PutAsync(NewEntry("a", 1));
        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await Memento
            .Table<Entry>().UpdateAsync("a", each => each with { Name = "b" }));
        Assert.Contains("gave it the key 'b'", error.Message, StringComparison.Ordinal);
        Assert.Equal(["a"], (await GetAllAsync<Entry>()).Select(each => each.Name));
    }

    [Fact]
    public async Task Calls_on_a_table_join_the_transaction_that_is_running()
    {
        TransactionResult result = await Memento.TryTransactionAsync(async tx =>
        {
            await Memento.Table<Entry>().PutAsync(NewEntry("a", 1));
            Assert.NotNull(await tx.ReadAsync<Entry>("a"));
            tx.Abort();
        }).Within();
        Assert.False(result.Ok);
        Assert.Null(await GetAsync<Entry>("a"));
    }

    [Fact]
    public async Task Many_records_are_written_in_batches_that_report()
    {
        List<long> reported = [];
        long written = await Memento.Table<Entry>().PutManyAsync(
            Many(25), batchSize: 10, progress: new Reporter(reported));
        Assert.Equal(25, written);
        Assert.Equal([10, 20, 25], reported);
        Assert.Equal(25, (await GetAllAsync<Entry>()).Count);
    }

    [Fact]
    public async Task A_batch_that_fails_leaves_the_ones_before_it_and_says_where()
    {
        await PutAsync(new Ticket { Id = 1, Title = "first", Code = "taken" });
        var error = await Assert.ThrowsAsync<PutManyException>(async () => await Memento
            .Table<Ticket>().PutManyAsync(Tickets(), batchSize: 2));
        Assert.Equal(2, error.Written);
        Assert.IsType<UniqueIndexException>(error.InnerException);
        Assert.Contains("Go on with record 3", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["first", "a", "b"], (await GetAllAsync<Ticket>()).Select(each => each.Title));

        static async IAsyncEnumerable<Ticket> Tickets()
        {
            await Task.Yield();
            yield return new Ticket { Id = 11, Title = "a" };
            yield return new Ticket { Id = 12, Title = "b" };
            yield return new Ticket { Id = 13, Title = "c" };
            yield return new Ticket { Id = 14, Title = "d", Code = "taken" };
        }
    }

    [Fact]
    public async Task A_source_that_throws_leaves_the_batches_before_and_says_how_much_was_written()
    {
        var broken = new InvalidDataException("The line is no record.");
        var error = await Assert.ThrowsAsync<PutManyException>(async () => await Memento
            .Table<Entry>().PutManyAsync(Many(7, atEnd: () => throw broken), batchSize: 3));

        Assert.Equal(6, error.Written);
        Assert.Same(broken, error.InnerException);
        Assert.Contains("Go on with record 7", error.Message, StringComparison.Ordinal);
        Assert.Equal(6, (await GetAllAsync<Entry>()).Count);
    }

    [Fact]
    public async Task Writing_many_that_is_cancelled_says_how_many_were_written()
    {
        using var cancellation = new CancellationTokenSource();
        var error = await Assert.ThrowsAsync<PutManyCanceledException>(async () => await Memento
            .Table<Entry>().PutManyAsync(
                Many(7, atEnd: cancellation.Cancel),
                batchSize: 3,
                cancellationToken: cancellation.Token));

        Assert.Equal(("Entry", 6L), (error.Table, error.Written));
        Assert.Equal(cancellation.Token, error.CancellationToken);
        Assert.Equal(6, (await GetAllAsync<Entry>()).Count);
    }

    [Fact]
    public async Task A_source_that_was_cancelled_by_somebody_else_is_a_source_that_throws()
    {
        var error = await Assert.ThrowsAsync<PutManyException>(async () => await Memento
            .Table<Entry>().PutManyAsync(
                Many(2, atEnd: static () => throw new OperationCanceledException()), batchSize: 1));

        Assert.Equal(2, error.Written);
    }

    [Fact]
    public async Task A_progress_that_throws_does_not_hide_how_many_were_written()
    {
        var error = await Assert.ThrowsAsync<PutManyException>(async () => await Memento
            .Table<Entry>().PutManyAsync(Many(7), batchSize: 3, progress: new BrokenReporter()));

        Assert.Equal(3, error.Written);
        Assert.Equal(3, (await GetAllAsync<Entry>()).Count);
    }

    [Fact]
    public async Task Writing_many_inside_a_transaction_is_refused()
    {
        await Memento.TransactionAsync(async _ =>
        {
            var error = await Assert.ThrowsAsync<MementoException>(
                async () => await Memento.Table<Entry>().PutManyAsync(Many(1)));
            Assert.Contains("outside the body", error.Message, StringComparison.Ordinal);
        }).Within();
    }

    private static async IAsyncEnumerable<Entry> Many(int count, Action? atEnd = null)
    {
        await Task.Yield();
        for (int i = 0; i < count; i++)
            yield return NewEntry($"e{i}", i);
        atEnd?.Invoke();
    }

    private sealed class BrokenReporter : IProgress<long>
    {
        public void Report(long value) => throw new InvalidOperationException("Nobody listens.");
    }

    private sealed class Reporter(List<long> reported) : IProgress<long>
    {
        public void Report(long value) => reported.Add(value);
    }
}
