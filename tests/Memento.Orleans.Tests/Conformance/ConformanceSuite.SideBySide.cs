using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

/// <summary>Nested bodies that run beside each other, and beside the body around them.</summary>
public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task A_nested_abort_undoes_nothing_of_a_body_beside_it()
    {
        await Memento.TransactionAsync(async tx =>
        {
            var go = new Signal();
            Task<TransactionResult> first = Memento.TryTransactionAsync(async inner =>
            {
                await inner.WriteAsync(NewEntry("first", 1));
                await inner.WriteAsync(new Ticket { Title = "first", Code = "f" });
                await go.WaitAsync();
                inner.Abort("no");
            });
            TransactionResult second = await Memento.TryTransactionAsync(async inner =>
            {
                await inner.WriteAsync(NewEntry("second", 1));
                await inner.WriteAsync(new Ticket { Title = "second", Code = "s" });
            });
            Assert.True(second.Ok);
            go.Set();
            Assert.Equal(new TransactionResult(Ok: false, "no"), await first);
            await AssertViewAsync(tx, NewEntry("second", 1));
        }).Within();

        Assert.Equal("second", Assert.Single(await GetAllAsync<Entry>()).Name);
        Assert.Equal("second", Assert.Single(await GetAllAsync<Ticket>()).Title);
        await PutAsync(new Ticket { Title = "later", Code = "f" });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_nested_abort_undoes_nothing_that_the_outer_body_wrote_beside_it(
        bool isOneCall)
    {
        await PutAsync(NewEntry("old", 1, "g"));
        await Memento.TransactionAsync(async tx =>
        {
            var go = new Signal();
            Task<TransactionResult> nested = tx.TryNestedAsync(async inner =>
            {
                await inner.WriteAsync(NewEntry("inner", 1, "g"));
                await inner.DeleteAsync<Entry>("old");
                await go.WaitAsync();
                inner.Abort();
            });
            if (isOneCall)
                await Memento.Table<Entry>().PutAsync(NewEntry("outer", 1, "g"));
            else
                await tx.WriteAsync(NewEntry("outer", 1, "g"));
            go.Set();
            Assert.False((await nested).Ok);
            await AssertViewAsync(tx, NewEntry("old", 1, "g"), NewEntry("outer", 1, "g"));
        }).Within();
        Assert.Equal(2, (await GetAllAsync<Entry>()).Count);
    }

    [Fact]
    public async Task What_a_running_body_wrote_is_seen_beside_it_once_it_has_ended_well()
    {
        await PutAsync(NewEntry("a", 1, "g"), NewEntry("b", 1, "g"));
        await PutAsync(NewTag("rose", "red"));
        await Memento.TransactionAsync(async tx =>
        {
            Signal hasWritten = new(), mayEnd = new();
            Task nested = tx.NestedAsync(async inner =>
            {
                await inner.WriteAsync(NewEntry("a", 2, "h"));
                await inner.DeleteAsync<Entry>("b");
                await inner.WriteAsync(NewEntry("c", 2, "g"));
                await inner.WriteAsync(NewTag("rose", "blue"));
                await inner.DeleteRecordAsync(NewTag("rose", "red"));
                await inner.WriteAsync(new Ticket { Id = 5, Title = "t", Code = "c" });
                hasWritten.Set();
                await mayEnd.WaitAsync();
                await AssertViewAsync(inner, NewEntry("a", 2, "h"), NewEntry("c", 2, "g"));
            });
            await hasWritten.WaitAsync();

            await AssertViewAsync(tx, NewEntry("a", 1, "g"), NewEntry("b", 1, "g"));
            Assert.Equal([NewTag("rose", "red")], await tx.ReadAllAsync<Tag>("rose"));
            Assert.Equal(
                [NewTag("rose", "red")], await tx.MatchAsync<Tag>(new { Subject = "rose" }));
            Assert.Empty(await tx.MatchAsync<Ticket>(new { Code = "c" }));
            await tx.NestedAsync(beside => AssertViewAsync(
                beside, NewEntry("a", 1, "g"), NewEntry("b", 1, "g")));
            mayEnd.Set();
            await nested;

            await AssertViewAsync(tx, NewEntry("a", 2, "h"), NewEntry("c", 2, "g"));
            Assert.Equal([NewTag("rose", "blue")], await tx.ReadAllAsync<Tag>("rose"));
            Assert.Single(await tx.MatchAsync<Ticket>(new { Code = "c" }));
        }).Within();
        await Memento.TransactionAsync(tx => AssertViewAsync(
            tx, NewEntry("a", 2, "h"), NewEntry("c", 2, "g"))).Within();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_record_that_a_running_body_wrote_is_refused_to_writers_beside_it(
        bool isKept)
    {
        await PutAsync(new Ticket { Id = 1, Title = "t", Code = "old" });
        await PutAsync(NewTag("rose", "red"));
        await Memento.TransactionAsync(async tx =>
        {
            Signal hasWritten = new(), mayEnd = new();
            Task<TransactionResult> nested = tx.TryNestedAsync(async inner =>
            {
                await inner.WriteAsync(NewEntry("k", 1));
                await inner.WriteAsync(new Ticket { Id = 1, Title = "t", Code = "new" });
                await inner.WriteAsync(NewTag("rose", "blue"));
                hasWritten.Set();
                await mayEnd.WaitAsync();
                if (!isKept) inner.Abort();
            });
            await hasWritten.WaitAsync();

            Func<ITransaction, Task>[] writes =
            [
                async body => await body.WriteAsync(NewEntry("k", 2)),
                async body => await body.DeleteAsync<Entry>("k"),
                async body => await body.WriteAsync(new Ticket { Id = 1, Title = "u" }),
                async body => await body.WriteAsync(
                    new Ticket { Id = 2, Title = "u", Code = "new" }),
                async body => await body.WriteAsync(
                    new Ticket { Id = 2, Title = "u", Code = "old" }),
                async body => await body.WriteAsync(NewTag("rose", "blue")),
            ];
            foreach (Func<ITransaction, Task> write in writes)
            {
                var error = await Assert.ThrowsAsync<MementoException>(() => write(tx));
                Assert.Contains("still running", error.Message, StringComparison.Ordinal);
                Assert.Contains("Await that body", error.Message, StringComparison.Ordinal);
                await Assert.ThrowsAsync<MementoException>(() => tx.NestedAsync(write));
            }

            mayEnd.Set();
            Assert.Equal(isKept, (await nested).Ok);
            await tx.WriteAsync(NewEntry("k", 2));
            await tx.WriteAsync(
                new Ticket { Id = 2, Title = "u", Code = isKept ? "old" : "new" });
            await tx.WriteAsync(NewTag("rose", "blue"));
        }).Within();

        Assert.Equal(2, (await GetAsync<Entry>("k"))!.Value);
        await AssertCodesAsync([.. (isKept ? (string[])["new 1", "old 2"] : ["new 2", "old 1"])]);
        Assert.Equal(2, (await GetAllAsync<Tag>()).Count);
    }

    [Fact]
    public async Task The_flow_of_a_body_decides_what_Current_and_an_outer_transaction_write_for()
    {
        await Memento.TransactionAsync(async tx =>
        {
            Signal[] hasBegun = [new(), new()];
            Task<TransactionResult> BodyAsync(int self) => tx.TryNestedAsync(async inner =>
            {
                hasBegun[self].Set();
                await hasBegun[1 - self].WaitAsync();
                Assert.Same(inner, Memento.Current);
                await tx.WriteAsync(NewEntry($"through tx {self}", 1));
                await Memento.Table<Entry>().PutAsync(NewEntry($"through Current {self}", 1));
                await Task.Run(async () => await tx.WriteAsync(NewEntry($"elsewhere {self}", 1)));
                if (self == 0) inner.Abort();
            });
            TransactionResult[] results = await Task.WhenAll(BodyAsync(0), BodyAsync(1));
            Assert.Equal([false, true], results.Select(static each => each.Ok));
            Assert.Same(tx, Memento.Current);
        }).Within();
        Assert.Equal(
            ["elsewhere 1", "through Current 1", "through tx 1"],
            (await GetAllAsync<Entry>()).Select(static each => each.Name).Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_bodies_side_by_side_and_inside_each_other_keep_what_ended_well(
        int seed)
    {
        var random = new Random(seed);
        List<string> kept = [];
        await Memento.TransactionAsync(async tx =>
        {
            kept.Clear();
            kept.AddRange(await GrowAsync(tx, random, "k", depth: 0));
        }).Within();

        Assert.True(
            kept.Order(StringComparer.Ordinal).SequenceEqual(
                (await GetAllAsync<Entry>()).Select(static each => each.Name)
                    .Order(StringComparer.Ordinal)),
            $"seed {seed}");
        Assert.True(
            kept.Order(StringComparer.Ordinal).SequenceEqual(
                (await GetAllAsync<Ticket>()).Select(static each => each.Code!)
                    .Order(StringComparer.Ordinal)),
            $"seed {seed}");

        // No value is claimed without a record.
        await PutAsync([.. Enumerable.Range(0, 3).Select(i => $"k{i}").Except(kept)
            .Select(code => new Ticket { Title = code, Code = code })]);
    }

    /// <summary>Writes, and lets bodies inside it do the same; gives the keys that stay.</summary>
    private static async Task<List<string>> GrowAsync(
        ITransaction body, Random random, string name, int depth)
    {
        int children = depth == 3 ? 0 : 3;
        (int Seed, bool Fails)[] plans =
            [.. Enumerable.Range(0, children).Select(_ => (random.Next(), random.Next(3) == 0))];
        List<string> kept = [];
        if (depth > 0)
        {
            await body.WriteAsync(NewEntry(name, 1, "g"));
            await body.WriteAsync(new Ticket { Title = name, Code = name });
            kept.Add(name);
        }

        List<string>[] inner = await Task.WhenAll(plans.Select(async (plan, i) =>
        {
            List<string> grown = [];
            TransactionResult result = await body.TryNestedAsync(async child =>
            {
                grown = await GrowAsync(child, new Random(plan.Seed), $"{name}{i}", depth + 1);
                Assert.Equal(
                    grown.Count,
                    (await child.SelectAsync<Entry>(each => each.Name.StartsWith($"{name}{i}")))
                        .Count);
                if (plan.Fails) child.Abort();
            });
            return result.Ok ? grown : [];
        }));
        return [.. kept, .. inner.SelectMany(static each => each)];
    }
}
