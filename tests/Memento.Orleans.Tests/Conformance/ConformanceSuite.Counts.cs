using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

/// <summary>Counts by the values of a property.</summary>
public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task Records_are_counted_by_a_property_in_the_order_of_its_values()
    {
        await PutAsync([.. Enumerable.Range(0, 90).Select(i => NewEntry(
            $"k{i}", i % 4, i % 9 == 0 ? null : $"g{i % 2}"))]);
        await Memento.TransactionAsync(async tx =>
        {
            IReadOnlyDictionary<string?, long> groups =
                await tx.Query<Entry>().CountByAsync(e => e.Group);
            Assert.Equal([null, "g0", "g1"], groups.Keys);
            Assert.Equal([10, 40, 40], groups.Values);
            Assert.Equal((10, 40), (groups[null], groups["g0"]));
            Assert.False(groups.ContainsKey("g2"));
            Assert.Equal(0, groups.GetValueOrDefault("g2"));
            Assert.Throws<KeyNotFoundException>(() => groups["g2"]);

            IReadOnlyDictionary<long, long> values = await tx.Query<Entry>()
                .Where(e => e.Name != "k0").OrderByDescending(e => e.Name)
                .CountByAsync(e => e.Value);
            Assert.Equal([(0, 22), (1, 23), (2, 22), (3, 22)], Pairs(values));
            Assert.Empty(
                await tx.Query<Entry>().Where(e => e.Value > 9).CountByAsync(e => e.Group));
            Assert.Empty(await tx.Query<Seat>().CountByAsync(e => e.Guest));
        }).Within();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_count_by_a_property_is_what_a_scan_counts(bool writes)
    {
        // So many that partitions read outside their gate, and go over those with one value.
        Assert.Equal(2_400, await Memento.Table<Job>().PutManyAsync(
            Enumerable.Range(0, 2_400).Select(static i => new Job
            {
                Id = i,
                State = i < 2_000 ? "done" : $"s{i % 7}",
                Lane = i % 3,
                Priority = i % 11,
                Mark = i % 5 == 0 ? null : $"{i / 400}",
            }).ToAsyncEnumerable()));
        await Memento.TransactionAsync(async tx =>
        {
            if (writes)
            {
                await tx.Query<Job>().Where(j => j.Id < 40).DeleteAsync();
                await tx.Query<Job>().Where(j => j.Id >= 2_380).UpdateAsync(
                    static job => job with { State = "done", Mark = null });
                await tx.WriteAsync(new Job { Id = 9_000, State = "own" });
            }

            await AssertCountsAsync(tx);
        }).Within();
        await Memento.SnapshotAsync(AssertCountsAsync).Within();

        static async Task AssertCountsAsync(IRecordReader reader)
        {
            IReadOnlyList<Job> all = await reader.AllAsync<Job>();
            ITableQuery<Job> query = reader.Query<Job>();
            Assert.Equal(Grouped(all, j => j.State), Pairs(await query.CountByAsync(j => j.State)));
            Assert.Equal(Grouped(all, j => j.Mark), Pairs(await query.CountByAsync(j => j.Mark)));
            Assert.Equal(Grouped(all, j => j.Id), Pairs(await query.CountByAsync(j => j.Id)));
            string[] states = ["done", "s1", "own"];
            foreach ((Func<Job, bool> where, ITableQuery<Job> some) in new (Func<Job, bool>,
                ITableQuery<Job>)[]
            {
                (j => states.Contains(j.State), query.Where(j => states.Contains(j.State))),
                (j => string.CompareOrdinal(j.State, "s") >= 0,
                    query.Where(j => string.CompareOrdinal(j.State, "s") >= 0)),
                (j => j.State == "done" && j.Priority > 4,
                    query.Where(j => j.State == "done" && j.Priority > 4)),
                (j => j.Lane == 1, query.Where(j => j.Lane == 1)),
                (j => j.Id is 1 or 70 or 2_390, query.Where(
                    j => j.Id == 1 || j.Id == 70 || j.Id == 2_390)),
            })
            {
                Assert.Equal(
                    Grouped(all.Where(where), j => j.State),
                    Pairs(await some.CountByAsync(j => j.State)));
            }
        }
    }

    [Fact]
    public async Task A_bag_and_nested_values_are_counted_too()
    {
        await PutAsync(NewTag("rose", "red"), NewTag("rose", "white"), NewTag("iris", "white"));
        await PutAsync(
            new Book { Id = 1, Title = "a", Place = new BookPlace("north", 1), Price = 1.50m },
            new Book { Id = 2, Title = "b", Place = new BookPlace("north", 2), Price = 1.5m },
            new Book { Id = 3, Title = "c" });
        await Memento.TransactionAsync(async tx =>
        {
            Assert.Equal(
                [("red", 1), ("white", 2)],
                Pairs(await tx.Query<Tag>().CountByAsync(static t => t.Word)));
            Assert.Equal(
                [("iris", 1), ("rose", 2)],
                Pairs(await tx.Query<Tag>().CountByAsync(static t => t.Subject)));
            Assert.Equal(
                [(null, 1), ("north", 2)],
                Pairs(await tx.Query<Book>().CountByAsync(static b => b.Place!.Room)));
            Assert.Equal(
                [(null, 1), (1.5m, 2)],
                Pairs(await tx.Query<Book>().CountByAsync(static b => b.Price)));
            var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
                await tx.Query<Book>().CountByAsync(static b => b.Price!.Value));
            Assert.Contains("(decimal?)m.Price", error.Message, StringComparison.Ordinal);
        }).Within();
    }

    [Fact]
    public async Task A_count_by_a_property_keeps_out_writers_that_would_change_it()
    {
        await PutAsync(NewEntry("a", 1, "g"), NewEntry("b", 2, "h"));
        OpenTransaction writer = await OpenAsync();
        OpenTransaction counter = await OpenAsync();
        Assert.Equal(
            [("g", 1)],
            Pairs(await counter.Tx.Query<Entry>().Where(static e => e.Group == "g")
                .CountByAsync(static e => e.Group).AsTask().Within()));
        await writer.Tx.WriteAsync(NewEntry("c", 3, "h")).AsTask().Within();
        Task<Entry> late = writer.Tx.WriteAsync(NewEntry("d", 4, "g")).AsTask();
        await UntilWaitingAsync(writer.Tx);
        await counter.CommitAsync();
        await late.Within();
        await writer.CommitAsync();
        Assert.Equal((1, 1), (writer.Runs, counter.Runs));
    }

    [Fact]
    public async Task Counts_by_what_is_no_property_are_refused()
    {
        await Memento.TransactionAsync(async tx =>
        {
            await AssertRefusedAsync(() => tx.Query<Entry>().Take(3).CountByAsync(e => e.Group));
            await AssertRefusedAsync(
                () => tx.Query<Entry>().ForUpdate().CountByAsync(e => e.Group));
            await AssertRefusedAsync(() => tx.Query<Entry>().CountByAsync(e => e.Value % 2));
            await AssertRefusedAsync(() => tx.Query<Book>().CountByAsync(b => b.Words));
        }).Within();

        static async Task AssertRefusedAsync<TKey>(
            Func<ValueTask<IReadOnlyDictionary<TKey, long>>> call)
            => await Assert.ThrowsAsync<QueryNotSupportedException>(async () => await call());
    }

    private static List<(TKey, long)> Pairs<TKey>(IReadOnlyDictionary<TKey, long> counts)
        => [.. counts.Select(static each => (each.Key, each.Value))];

    private static List<(TKey, long)> Grouped<TKey>(IEnumerable<Job> jobs, Func<Job, TKey> value)
        => [
            .. jobs.GroupBy(value).Select(static each => (each.Key, (long)each.Count()))
                .OrderBy(static each => each.Key as string, StringComparer.Ordinal)
                .ThenBy(static each => each.Key is int number ? number : 0),
        ];
}
