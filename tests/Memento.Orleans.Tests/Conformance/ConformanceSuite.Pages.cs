using System.Linq.Expressions;
using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    private const string OfAnotherQuery = "is of another query";
    private const string WasChanged = "was not made by this cluster, or was changed since";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(500)]
    public async Task Pages_of_an_ordered_set_give_everything_once_in_the_order(int size)
    {
        await PutAsync([.. Enumerable.Range(1, 30).Select(NewBook)]);
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewBook(31));
            await tx.DeleteAsync<Book>(7);
            await tx.WriteAsync(NewBook(8) with { Year = 1000, Author = null });
            List<Book> all = [.. (await tx.AllAsync<Book>())];
            Assert.Equal(30, all.Count);

            Assert.Equal(
                all,
                await PagesAsync<Book>(after => tx.PageAsync<Book>(_ => true, size, after), size));
            Assert.Equal(
                all.Where(static book => book.Author == "author 3"),
                await PagesAsync<Book>(
                    after => tx.PageAsync<Book>(book => book.Author == "author 3", size, after),
                    size));
            Assert.Equal(
                all.Where(static book => book.Year < 1000),
                await PagesAsync<Book>(
                    after => tx.PageAsync<Book>(Guard.LessThan("Year", 1000), size, after), size));
            ITableQuery<Book> odd = tx.Query<Book>().Where(book => book.Copies == 1);
            Assert.Equal(
                all.Where(static book => book.Copies == 1)
                    .OrderByDescending(static book => book.Id),
                await PagesAsync(
                    after => odd.OrderByDescending(book => book.Id).ToPageAsync(size, after),
                    size));
            Assert.Equal(
                all.OrderByDescending(static book => book.Year)
                    .ThenByDescending(static book => book.Id),
                await PagesAsync(
                    after => tx.Query<Book>().OrderByDescending(book => book.Year)
                        .ToPageAsync(size, after),
                    size));
            Assert.Equal(
                all.OrderBy(static book => book.Title, StringComparer.Ordinal)
                    .ThenByDescending(static book => book.Year),
                await PagesAsync(
                    after => tx.Query<Book>().OrderBy(book => book.Title)
                        .ThenByDescending(book => book.Year).ToPageAsync(size, after),
                    size));
            Assert.Equal(
                all.Where(static book => book.Author == "author 3")
                    .OrderBy(static book => book.Year),
                await PagesAsync(
                    after => tx.Query<Book>().Where(book => book.Author == "author 3")
                        .OrderBy(book => book.Year).ToPageAsync(size, after),
                    size));
        }).Within();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Pages_of_a_set_and_of_a_bag_come_by_key(int size)
    {
        Entry[] entries =
        [
            .. Enumerable.Range(0, 15).Select(
                i => NewEntry($"e{i:00}", i % 4, i % 3 == 0 ? null : "g")),
        ];
        Tag[] tags =
        [
            .. Enumerable.Range(0, 20).Select(
                i => new Tag { Subject = $"s{i / 4}", Word = $"w{i % 3}", Weight = i }),
        ];
        await PutAsync(entries.Reverse().ToArray());
        await PutAsync(tags);
        await Memento.TransactionAsync(async tx =>
        {
            Assert.Equal(
                entries.Where(static entry => entry.Group == "g"),
                await PagesAsync<Entry>(
                    after => tx.PageAsync<Entry>(entry => entry.Group == "g", size, after), size));
            Assert.Equal(
                entries.OrderBy(static entry => entry.Value),
                await PagesAsync(
                    after => tx.Query<Entry>().OrderBy(entry => entry.Value)
                        .ToPageAsync(size, after),
                    size));

            // A tag's own record of a key comes behind the committed ones.
            var own = new Tag { Subject = "s1", Word = "w1", Weight = 99 };
            await tx.WriteAsync(own);
            Tag[] all = [.. tags[..8], own, .. tags[8..]];
            Assert.Equal(
                all,
                await PagesAsync<Tag>(after => tx.PageAsync<Tag>(_ => true, size, after), size));
            Assert.Equal(
                all.Where(static tag => tag.Word == "w1"),
                await PagesAsync<Tag>(
                    after => tx.PageAsync<Tag>(tag => tag.Word == "w1", size, after), size));
            Assert.Equal(
                all.Where(static tag => tag.Subject == "s1"),
                await PagesAsync<Tag>(
                    after => tx.PageAsync<Tag>(tag => tag.Subject == "s1", size, after), size));
            Assert.Equal(
                all.Reverse().OrderByDescending(static tag => tag.Word, StringComparer.Ordinal),
                await PagesAsync(
                    after => tx.Query<Tag>().OrderByDescending(tag => tag.Word)
                        .ToPageAsync(size, after),
                    size));
        }).Within();
    }

    [Fact]
    public async Task What_was_there_all_along_comes_once_whatever_is_written_between_the_pages()
    {
        const int Seed = 20_263;
        var random = new Random(Seed);
        Expression<Func<Book, int?>>[] orders =
            [book => book.Id, book => book.Year, book => book.Copies];
        foreach (Expression<Func<Book, int?>> order in orders)
        {
            // Books with even keys stay as they are; the odd ones come, go and move.
            await PutAsync([.. Enumerable.Range(1, 40).Select(NewBook)]);
            List<int> seen = [];
            string? next = null;
            do
            {
                Page<Book> page = await Memento.TransactionAsync(async tx => await tx.Query<Book>()
                    .OrderByDescending(order).ToPageAsync(3, next)).Within();
                seen.AddRange(page.Items.Select(static book => book.Id));
                next = page.Next;
                await Memento.TransactionAsync(async tx =>
                {
                    for (int count = 0; count < 6; count++)
                    {
                        int id = (2 * random.Next(25)) + 1;
                        if (random.Next(2) == 0)
                            await tx.DeleteAsync<Book>(id);
                        else
                            await tx.WriteAsync(
                                NewBook(id) with { Year = random.Next(50), Copies = id % 3 });
                    }
                }).Within();
            }
            while (next is not null);

            IEnumerable<int> even = Enumerable.Range(1, 20).Select(static number => 2 * number);
            Assert.True(
                even.SequenceEqual(seen.Where(static id => id % 2 == 0).Order()),
                $"seed {Seed}, {order}: {string.Join(' ', seen)}");
        }
    }

    [Fact]
    public async Task A_continuation_is_good_in_another_transaction_and_for_another_client()
    {
        await PutAsync([.. Enumerable.Range(1, 9).Select(NewBook)]);
        Page<Book> first = await Memento.TransactionAsync(
            async tx => await tx.PageAsync<Book>(book => book.Id > 2, 3)).Within();
        AssertIds(first.Items, 3, 4, 5);
        IMemento other = await fixture.ConnectAsync();
        Page<Book> second = await other.TransactionAsync(
            async tx => await tx.PageAsync<Book>(book => book.Id > 2, 3, first.Next)).Within();
        AssertIds(second.Items, 6, 7, 8);

        // Of another size too, and the same one again.
        Page<Book> last = await Memento.TransactionAsync(
            async tx => await tx.PageAsync<Book>(book => book.Id > 2, 5, second.Next)).Within();
        AssertIds(last.Items, 9);
        Assert.Null(last.Next);
        Page<Book> again = await Memento.TransactionAsync(
            async tx => await tx.PageAsync<Book>(book => book.Id > 2, 5, first.Next)).Within();
        AssertIds(again.Items, 6, 7, 8, 9);
        Assert.Null(again.Next);
    }

    [Fact]
    public async Task A_continuation_points_behind_a_record_that_is_gone()
    {
        await PutAsync([.. Enumerable.Range(1, 6).Select(NewBook)]);
        await Memento.TransactionAsync(async tx =>
        {
            Page<Book> page = await tx.PageAsync<Book>(_ => true, 3);
            await tx.DeleteAsync<Book>(3);
            await tx.DeleteAsync<Book>(4);
            AssertIds((await tx.PageAsync<Book>(_ => true, 3, page.Next)).Items, 5, 6);
            await tx.DeleteAsync<Book>(5);
            await tx.DeleteAsync<Book>(6);
            Page<Book> none = await tx.PageAsync<Book>(_ => true, 3, page.Next);
            Assert.Empty(none.Items);
            Assert.Null(none.Next);
        }).Within();
    }

    [Fact]
    public async Task A_continuation_of_which_a_character_was_changed_is_refused()
    {
        await PutAsync([.. Enumerable.Range(1, 4).Select(NewBook)]);
        await Memento.TransactionAsync(async tx =>
        {
            string next = (await tx.PageAsync<Book>(_ => true, 2)).Next!;
            for (int place = 0; place < next.Length; place++)
            {
                char other = next[place] == 'A' ? 'B' : 'A';
                string changed = $"{next[..place]}{other}{next[(place + 1)..]}";
                await AssertRefusedAsync(
                    () => tx.PageAsync<Book>(_ => true, 2, changed), WasChanged);
            }

            string[] garbages = ["", "A", "x y", "é", next[..^4], $"{next}AAAA", $"{next}="];
            foreach (string garbage in garbages)
                await AssertRefusedAsync(
                    () => tx.PageAsync<Book>(_ => true, 2, garbage), WasChanged);
            AssertIds((await tx.PageAsync<Book>(_ => true, 2, next)).Items, 3, 4);
        }).Within();
    }

    [Fact]
    public async Task A_continuation_of_another_query_table_or_order_is_refused()
    {
        await PutAsync([.. Enumerable.Range(1, 4).Select(NewBook)]);
        await PutAsync(NewEntry("a", 1), NewEntry("b", 1));
        await Memento.TransactionAsync(async tx =>
        {
            string next = (await tx.PageAsync<Book>(book => book.Id > 0, 2)).Next!;
            string ofEntries = (await tx.PageAsync<Entry>(entry => entry.Value > 0, 1)).Next!;
            await AssertRefusedAsync(
                () => tx.PageAsync<Book>(book => book.Id > 1, 2, next), OfAnotherQuery);
            await AssertRefusedAsync(() => tx.PageAsync<Book>(_ => true, 2, next), OfAnotherQuery);
            await AssertRefusedAsync(
                () => tx.PageAsync<Book>(book => book.Id > 0, 2, ofEntries), OfAnotherQuery);
            ITableQuery<Book> same = tx.Query<Book>().Where(book => book.Id > 0);
            await AssertRefusedAsync(
                () => same.OrderBy(book => book.Year).ToPageAsync(2, next), OfAnotherQuery);
            await AssertRefusedAsync(
                () => same.OrderByDescending(book => book.Id).ToPageAsync(2, next), OfAnotherQuery);
            AssertIds((await same.ToPageAsync(2, next)).Items, 3, 4);
            AssertIds((await same.OrderBy(book => book.Id).ToPageAsync(2, next)).Items, 3, 4);
        }).Within();
    }

    /// <summary>How equal records come is a part of an order that its parts do not show.</summary>
    [Fact]
    public async Task A_continuation_of_the_order_in_which_equal_records_come_backwards_is_refused()
    {
        await PutAsync([.. Enumerable.Range(1, 4).Select(id => NewBook(id) with { Year = 7 })]);
        await Memento.TransactionAsync(async tx =>
        {
            ITableQuery<Book> up = tx.Query<Book>().OrderBy(book => book.Year);
            ITableQuery<Book> down = tx.Query<Book>().OrderBy(book => book.Year)
                .ThenByDescending(book => book.Id);
            string ofUp = (await up.ToPageAsync(2)).Next!;
            string ofDown = (await down.ToPageAsync(2)).Next!;

            await AssertRefusedAsync(() => down.ToPageAsync(2, ofUp), OfAnotherQuery);
            await AssertRefusedAsync(() => up.ToPageAsync(2, ofDown), OfAnotherQuery);
            AssertIds((await up.ToPageAsync(2, ofUp)).Items, 3, 4);
            AssertIds((await down.ToPageAsync(2, ofDown)).Items, 2, 1);
        }).Within();
    }

    [Fact]
    public Task A_page_of_no_size_is_refused() => WithBooksAsync(async tx =>
    {
        foreach (int size in (int[])[0, -1, int.MinValue])
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
                async () => await tx.PageAsync<Book>(_ => true, size));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
                async () => await tx.Query<Book>().ToPageAsync(size));
        }

        Page<Book> all = await tx.PageAsync<Book>(_ => true, int.MaxValue);
        Assert.Equal((Books.Length, null), (all.Items.Count, all.Next));
        Page<Book> exact = await tx.PageAsync<Book>(_ => true, Books.Length);
        Assert.Equal((Books.Length, null), (exact.Items.Count, exact.Next));
        Page<Book> none = await tx.PageAsync<Book>(_ => false, 3);
        Assert.Equal((0, null), (none.Items.Count, none.Next));
    });

    private static async Task<List<T>> PagesAsync<T>(
        Func<string?, ValueTask<Page<T>>> read, int size)
        where T : class
    {
        List<T> all = [];
        string? next = null;
        do
        {
            Page<T> page = await read(next);
            Assert.True(page.Next is null ? page.Items.Count <= size : page.Items.Count == size);
            all.AddRange(page.Items);
            next = page.Next;
        }
        while (next is not null);
        return all;
    }

    private static async Task AssertRefusedAsync(Func<ValueTask<Page<Book>>> read, string message)
    {
        var error = await Assert.ThrowsAsync<InvalidContinuationException>(
            async () => await read());
        Assert.Equal("Book", error.Table);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("start from the first page", error.Message, StringComparison.Ordinal);
    }
}
