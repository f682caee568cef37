using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

/// <summary>Upserts, updates that decline, and changes in batches.</summary>
public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task An_upsert_inserts_where_there_is_no_record_and_changes_it_where_there_is()
    {
        ITable<Entry> entries = Memento.Table<Entry>();
        Assert.Equal(1, (await entries.UpsertAsync("a", () => NewEntry("a", 1), Next)).Value);
        Assert.Equal(2, (await entries.UpsertAsync("a", () => NewEntry("a", 1), Next)).Value);
        Assert.Equal(3, (await entries.UpsertAsync("a", NewEntry("a", 1), Next)).Value);
        Assert.Equal(3, (await entries.UpsertAsync("a", NewEntry("a", 1), _ => null)).Value);

        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewEntry("b", 5));
            Assert.Equal(6, (await tx.UpsertAsync("b", () => NewEntry("b", 1), Next)).Value);
            Assert.Equal(1, (await tx.UpsertAsync("c", NewEntry("c", 1), Next)).Value);
            Assert.Equal(
                4,
                (await Memento.Table<Entry>().UpsertAsync(
                    "a", () => NewEntry("a", 1), each => each with { Value = 4 })).Value);
        }).Within();
        Assert.Equal(
            [4, 6, 1],
            (await GetAllAsync<Entry>()).OrderBy(static e => e.Name).Select(static e => e.Value));

        static Entry Next(Entry old) => old with { Value = old.Value + 1 };
    }

    [Fact]
    public async Task Upserts_at_once_insert_once_and_lose_no_change()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Memento.Table<Entry>().UpsertAsync(
            "a", () => NewEntry("a", 1), old => old with { Value = old.Value + 1 }).AsTask()))
            .Within();
        Assert.Equal(40, (await GetAsync<Entry>("a"))!.Value);
    }

    [Fact]
    public async Task An_update_may_decline_and_then_nothing_is_written()
    {
        await PutAsync(NewEntry("a", 1, "g"));
        ITable<Entry> entries = Memento.Table<Entry>();
        Assert.Null(await entries.UpdateAsync(
            "a", each => each.Value > 1 ? each with { Value = 9 } : null));
        Assert.Equal(NewEntry("a", 1, "g"), await entries.GetAsync("a"));
    }

    [Fact]
    public async Task Wrong_upserts_are_refused_and_write_nothing()
    {
        ITable<Entry> entries = Memento.Table<Entry>();
        ArgumentException error = await RefusedAsync<ArgumentException>(
            () => entries.UpsertAsync("a", () => NewEntry("b", 1), old => old).AsTask());
        Assert.Contains("gave it the key 'b'", error.Message, StringComparison.Ordinal);
        error = await RefusedAsync<ArgumentException>(
            () => entries.UpsertAsync("a", () => null!, old => old).AsTask());
        Assert.Contains("the insert gave null", error.Message, StringComparison.Ordinal);
        await PutAsync(NewEntry("a", 1));
        error = await RefusedAsync<ArgumentException>(
            () => entries.UpsertAsync("a", NewEntry("a", 1), old => old with { Name = "c" })
                .AsTask());
        Assert.Contains("gave it the key 'c'", error.Message, StringComparison.Ordinal);
        await RefusedAsync<ArgumentException>(
            () => entries.UpsertAsync(7, NewEntry("a", 1), old => old).AsTask());
        await RefusedAsync<ArgumentNullException>(
            () => entries.UpsertAsync("a", (Func<Entry>)null!, old => old).AsTask());
        await RefusedAsync<ArgumentNullException>(
            () => entries.UpsertAsync("a", NewEntry("a", 1), null!).AsTask());

        ITable<Tag> tags = Memento.Table<Tag>();
        MementoException bag = await RefusedAsync<MementoException>(
            () => tags.UpsertAsync("rose", NewTag("rose", "red"), old => old).AsTask());
        Assert.Contains("'Tag' is a bag", bag.Message, StringComparison.Ordinal);
        await RefusedAsync<MementoException>(() => tags.UpdateAsync("rose", old => old).AsTask());
        Assert.Equal([NewEntry("a", 1)], await GetAllAsync<Entry>());

        static Task<TError> RefusedAsync<TError>(Func<Task> call)
            where TError : Exception
            => Assert.ThrowsAsync<TError>(() => call().Within());
    }

    [Fact]
    public async Task A_query_of_a_table_runs_each_call_in_a_transaction_of_its_own()
    {
        await PutAsync([.. Enumerable.Range(0, 9).Select(i => NewEntry($"k{i}", i, $"g{i % 2}"))]);
        ITableQuery<Entry> even = Memento.Table<Entry>().Query().Where(static e => e.Group == "g0");
        Assert.Equal(5, await even.CountAsync());
        Assert.Equal(8, (await even.OrderByDescending(e => e.Value).FirstOrDefaultAsync())!.Value);
        Assert.Equal(
            ["k4", "k6"],
            await even.OrderBy(e => e.Value).Skip(2).Take(2).Select(e => e.Name).ToListAsync());
        Assert.Equal(0, await even.MinAsync(e => e.Value));
        Assert.Equal(8, await even.MaxAsync(e => e.Value));
        Assert.Equal(20, await even.SumAsync(static e => e.Value));
        Assert.Equal([("g0", 5)], Pairs(await even.CountByAsync(e => e.Group)));
        Assert.Equal(3, (await even.ToPageAsync(3)).Items.Count);
        Assert.Equal(5, (await even.ExplainAsync()).Found);
        Assert.Equal(1, await even.Where(e => e.Value == 0).DeleteAsync());
        Assert.Equal(1, await even.Where(e => e.Value == 2).UpdateAsync(
            static e => e with { Group = "g1" }));
        Assert.False(await even.Where(e => e.Value < 3).AnyAsync());
        await Memento.SnapshotAsync(async _ =>
        {
            await Memento.Table<Entry>().Query().Where(static e => e.Value == 4).DeleteAsync();
            Assert.Equal(3, await even.CountAsync());
        }).Within();
        Assert.Equal(2, await even.CountAsync());

        await Memento.TryTransactionAsync(async tx =>
        {
            Assert.Equal(2, await even.DeleteAsync());
            tx.Abort();
        }).Within();
        Assert.Equal(2, await even.CountAsync());
        Assert.Throws<QueryNotSupportedException>(() => even.ForUpdate());
        Assert.Throws<QueryNotSupportedException>(() => even.AsAsyncEnumerable());
    }

    [Fact]
    public async Task Results_are_deleted_and_changed_in_batches_that_report()
    {
        await PutAsync([.. Enumerable.Range(0, 30).Select(
            i => NewEntry($"k{i:00}", i, $"g{i % 3}"))]);
        List<long> reported = [];
        ITableQuery<Entry> entries = Memento.Table<Entry>().Query();

        // They satisfy the condition afterwards, too.
        Assert.Equal(20, await entries.Where(static e => e.Group != "g2").UpdateInBatchesAsync(
            static e => e with { Value = e.Value + 100 }, 6, new Reporter(reported)));
        Assert.Equal([6, 12, 18, 20], reported);
        Assert.Equal(
            Enumerable.Range(0, 30).Select(static i => i % 3 == 2 ? i : i + 100L),
            (await GetAllAsync<Entry>()).OrderBy(static e => e.Name).Select(static e => e.Value));

        reported.Clear();
        Assert.Equal(10, await entries.Where(static e => e.Group == "g2").DeleteInBatchesAsync(
            4, new Reporter(reported)));
        Assert.Equal([4, 8, 10], reported);
        Assert.Equal(0, await entries.Where(static e => e.Group == "g2").DeleteInBatchesAsync(4));
        Assert.Equal(10, await entries.UpdateInBatchesAsync(
            static e => e.Group == "g0" ? e with { Group = "g" } : null, 7));
        Assert.Equal(20, await entries.DeleteInBatchesAsync());
        Assert.Empty(await GetAllAsync<Entry>());
    }

    [Fact]
    public async Task A_bag_is_changed_in_batches_and_each_record_once()
    {
        await PutAsync([
            .. Enumerable.Range(0, 40).Select(i => new Tag
            {
                Subject = $"s{i % 3}",
                Word = i % 4 == 0 ? "rare" : "red",
                Weight = i,
            }),
        ]);
        ITableQuery<Tag> red = Memento.Table<Tag>().Query().Where(static t => t.Word == "red");
        Assert.Equal(30, await red.UpdateInBatchesAsync(
            static tag => tag with { Weight = tag.Weight + 100 }, 4));
        Assert.Equal(
            Enumerable.Range(0, 40).Select(static i => i % 4 == 0 ? i : i + 100).Order(),
            (await GetAllAsync<Tag>()).Select(static each => each.Weight).Order());
        Assert.Equal(30, await red.DeleteInBatchesAsync(4));
        Assert.Equal(10, (await GetAllAsync<Tag>()).Count);
    }

    [Fact]
    public async Task Batches_that_end_early_say_how_far_they_came_and_go_on_when_called_again()
    {
        await PutAsync([.. Enumerable.Range(1, 9).Select(i => NewSeat(i))]);
        ITableQuery<Seat> free =
            Memento.Table<Seat>().Query().Where(static seat => seat.Guest == null);
        var failed = await Assert.ThrowsAsync<InBatchesException>(
            async () => await free.UpdateInBatchesAsync(
                static seat => seat.Number == 8
                    ? throw new PlainException("no seat")
                    : seat with { Guest = "x" },
                size: 3));
        Assert.Equal(("Seat", 6), (failed.Table, failed.Changed));
        Assert.Equal(6, (((Guid, int))failed.LastKey!).Item2);
        Assert.IsType<PlainException>(failed.InnerException);
        Assert.Contains("6 records are changed", failed.Message, StringComparison.Ordinal);

        using var cancellation = new CancellationTokenSource();
        var canceled = await Assert.ThrowsAsync<InBatchesCanceledException>(
            async () => await free.UpdateInBatchesAsync(
                static seat => seat with { Guest = "y" },
                size: 1,
                new Canceler(cancellation),
                cancellation.Token));
        Assert.Equal((1, cancellation.Token), (canceled.Changed, canceled.CancellationToken));
        Assert.Equal(2, await free.UpdateInBatchesAsync(static seat => seat with { Guest = "z" }));
        Assert.Equal(
            "x6 y1 z2",
            string.Join(' ', (await GetAllAsync<Seat>()).CountBy(static seat => seat.Guest!)
                .OrderBy(static each => each.Key).Select(each => $"{each.Key}{each.Value}")));
    }

    [Fact]
    public async Task Batches_are_refused_where_they_cannot_be()
    {
        ITableQuery<Entry> query = Memento.Table<Entry>().Query();
        await Assert.ThrowsAsync<QueryNotSupportedException>(
            async () => await query.Take(3).DeleteInBatchesAsync());
        await Assert.ThrowsAsync<QueryNotSupportedException>(
            async () => await query.OrderBy(static e => e.Value).DeleteInBatchesAsync());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await query.DeleteInBatchesAsync(0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await query.UpdateInBatchesAsync(static e => e, 100_001));
        await Memento.TransactionAsync(async tx =>
        {
            await AssertOutsideAsync(() => query.DeleteInBatchesAsync());
            await AssertOutsideAsync(() => tx.Query<Entry>().DeleteInBatchesAsync());
            await AssertOutsideAsync(() => tx.Query<Entry>().UpdateInBatchesAsync(static e => e));
        }).Within();
        await Memento.SnapshotAsync(async snapshot =>
        {
            await Assert.ThrowsAsync<QueryNotSupportedException>(
                async () => await snapshot.Query<Entry>().DeleteInBatchesAsync());
        }).Within();

        static async Task AssertOutsideAsync(Func<ValueTask<long>> call)
        {
            var error = await Assert.ThrowsAsync<MementoException>(async () => await call());
            Assert.Contains("outside the body", error.Message, StringComparison.Ordinal);
        }
    }

    private sealed class Canceler(CancellationTokenSource cancellation) : IProgress<long>
    {
        public void Report(long value) => cancellation.Cancel();
    }
}
