using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    /// <summary>Years and authors meet, are null, and are in no order of the keys.</summary>
    private static readonly Book[] Books =
    [
        new() { Id = 1, Title = "Persuasion", Author = "Austen", Year = 1817, Copies = 3 },
        new() { Id = 2, Title = "Emma", Author = "Austen", Year = 1815, Copies = 1, Price = 7.5m },
        new() { Id = 3, Title = "Beowulf", Copies = 1, Place = new BookPlace("a", null) },
        new() { Id = 4, Title = "Middlemarch", Author = "Eliot", Year = 1871, Price = 12 },
        new() { Id = 5, Title = "emma", Author = "Eliot", Year = 1815, Place = new("b", 2) },
        new() { Id = 6, Title = "Felix Holt", Author = "Eliot", Year = 1866, Place = new("a", 4) },
        new() { Id = 7, Title = "Anonymous", Year = 1817, Copies = 2, Price = 0.25m },
    ];

    [Fact]
    public Task Where_keeps_what_satisfies_all_of_its_conditions() => WithBooksAsync(async tx =>
    {
        AssertIds(await tx.Query<Book>().ToListAsync(), 1, 2, 3, 4, 5, 6, 7);
        AssertIds(
            await tx.Query<Book>().Where(book => book.Author == "Eliot").ToListAsync(), 4, 5, 6);
        AssertIds(
            await tx.Query<Book>()
                .Where(book => book.Author == "Eliot")
                .Where(Guard.LessThan("Year", 1870))
                .Where(book => book.Place != null)
                .ToListAsync(),
            5,
            6);
        AssertIds(await tx.Query<Book>().Where(book => book.Year == null).ToListAsync(), 3);
        AssertIds(await tx.Query<Book>().Where(book => book.Place!.Shelf > 2).ToListAsync(), 6);
        AssertIds(
            await tx.Query<Book>().Where(book => book.Id > 5 || book.Id < 2).ToListAsync(),
            1, 6, 7);
    });

    [Fact]
    public Task Texts_are_found_whatever_their_case() => WithBooksAsync(async tx =>
    {
        const StringComparison Caseless = StringComparison.OrdinalIgnoreCase;
        ITableQuery<Book> books = tx.Query<Book>();
        AssertIds(
            await books.Where(book => string.Equals(book.Title, "EMMA", Caseless)).ToListAsync(),
            2, 5);
        AssertIds(
            await books.Where(book => book.Author!.StartsWith("aus", Caseless)).ToListAsync(),
            1, 2);
        AssertIds(
            await books.Where(Guard.Contains("Title", "MARCH", Caseless)).ToListAsync(), 4);
        AssertIds(
            await books
                .Where(book => string.Compare(book.Author, "ELIOT", Caseless) >= 0
                    && book.Year < 1870)
                .ToListAsync(),
            5, 6);
    });

    [Fact]
    public Task Collections_and_dictionaries_are_asked_for_what_is_in_them()
        => WithBooksAsync(async tx =>
        {
            await tx.WriteAsync(new Book
            {
                Id = 8,
                Title = "Ulysses",
                Words = ["yes", "I", "yes"],
                Marks = new() { ["joy"] = 5 },
            });
            await tx.WriteAsync(new Book
            {
                Id = 9,
                Title = "Murphy",
                Words = ["no", "yes"],
                Marks = new() { ["joy"] = 2 },
            });
            ITableQuery<Book> books = tx.Query<Book>();
            string[] wanted = ["I", "no"];
            AssertIds(await books.Where(book => book.Marks!["joy"] > 3).ToListAsync(), 8);
            AssertIds(
                await books.Where(book => book.Marks!.ContainsKey("joy")).ToListAsync(), 8, 9);
            AssertIds(
                await books.Where(Guard.LessThan(Guard.Entry("Marks", "joy"), 3)).ToListAsync(), 9);
            AssertIds(
                await books.Where(book => book.Words!.Count(word => word == "yes") > 1)
                    .ToListAsync(),
                8);
            AssertIds(
                await books.Where(book => wanted.Any(word => book.Words!.Contains(word)))
                    .ToListAsync(),
                8, 9);
            AssertIds(
                await books.OrderByDescending(book => book.Marks!["joy"]).Take(2).ToListAsync(),
                8, 9);
        });

    [Fact]
    public Task A_query_is_immutable_and_can_be_asked_again() => WithBooksAsync(async tx =>
    {
        ITableQuery<Book> eliots = tx.Query<Book>().Where(book => book.Author == "Eliot");
        ITableQuery<Book> old = eliots.Where(book => book.Year < 1850);
        IOrderedTableQuery<Book> byYear = eliots.OrderBy(book => book.Year);

        AssertIds(await old.ToListAsync(), 5);
        AssertIds(await byYear.ThenBy(book => book.Title).ToListAsync(), 5, 6, 4);
        AssertIds(await byYear.Take(1).ToListAsync(), 5);
        AssertIds(await eliots.ToListAsync(), 4, 5, 6);
        await tx.DeleteAsync<Book>(5);
        AssertIds(await eliots.ToListAsync(), 4, 6);
        AssertIds(await old.ToListAsync());
    });

    [Fact]
    public Task OrderBy_has_null_first_texts_by_ordinal_and_ties_by_key()
        => WithBooksAsync(async tx =>
    {
        AssertIds(
            await tx.Query<Book>().OrderBy(book => book.Year).ToListAsync(), 3, 2, 5, 1, 7, 6, 4);
        AssertIds(
            await tx.Query<Book>().OrderBy(book => book.Title).ToListAsync(), 7, 3, 2, 6, 4, 1, 5);
        AssertIds(
            await tx.Query<Book>().OrderBy(book => book.Copies).ToListAsync(), 4, 5, 6, 2, 3, 7, 1);
        AssertIds(
            await tx.Query<Book>().OrderBy(book => book.Price).ToListAsync(), 1, 3, 5, 6, 7, 2, 4);

        // A property of a missing object is null too.
        AssertIds(
            await tx.Query<Book>().OrderBy(book => book.Place!.Shelf).ToListAsync(),
            1, 2, 3, 4, 7, 5, 6);
        AssertIds(
            await tx.Query<Book>().OrderBy(book => book.Place!.Room).ToListAsync(),
            1, 2, 4, 7, 3, 6, 5);
    });

    [Fact]
    public Task OrderByDescending_has_null_last_and_ties_by_key_backwards()
        => WithBooksAsync(async tx =>
    {
        AssertIds(
            await tx.Query<Book>().OrderByDescending(book => book.Year).ToListAsync(),
            4, 6, 7, 1, 5, 2, 3);
        AssertIds(
            await tx.Query<Book>().OrderByDescending(book => book.Copies).ToListAsync(),
            1, 7, 3, 2, 6, 5, 4);
        AssertIds(
            await tx.Query<Book>().OrderByDescending(book => book.Id).ToListAsync(),
            7, 6, 5, 4, 3, 2, 1);
        AssertIds(
            await tx.Query<Book>().Where(book => book.Author == "Eliot")
                .OrderByDescending(book => book.Id).Take(2).ToListAsync(),
            6, 5);
    });

    [Fact]
    public Task ThenBy_orders_what_is_equal_so_far() => WithBooksAsync(async tx =>
    {
        AssertIds(
            await tx.Query<Book>().OrderBy(book => book.Author).ThenBy(book => book.Year)
                .ToListAsync(),
            3, 7, 2, 1, 5, 6, 4);
        AssertIds(
            await tx.Query<Book>().OrderBy(book => book.Author).ThenByDescending(book => book.Year)
                .ToListAsync(),
            7, 3, 1, 2, 4, 6, 5);
        AssertIds(
            await tx.Query<Book>().OrderByDescending(book => book.Author)
                .ThenByDescending(book => book.Year).ToListAsync(),
            4, 6, 5, 1, 2, 7, 3);
        AssertIds(
            await tx.Query<Book>().OrderByDescending(book => book.Copies).ThenBy(book => book.Year)
                .ThenByDescending(book => book.Id).ToListAsync(),
            1, 7, 3, 2, 5, 6, 4);

        // Another OrderBy is another order.
        AssertIds(
            await tx.Query<Book>().OrderBy(book => book.Copies).OrderByDescending(book => book.Id)
                .Take(2).ToListAsync(),
            7, 6);
    });

    [Fact]
    public Task Skip_and_Take_cut_what_is_there_when_they_are_called() => WithBooksAsync(async tx =>
    {
        IOrderedTableQuery<Book> byYear = tx.Query<Book>().OrderBy(book => book.Year);
        AssertIds(await byYear.Skip(2).Take(3).ToListAsync(), 5, 1, 7);
        AssertIds(await byYear.Take(3).Skip(2).ToListAsync(), 5);
        AssertIds(await byYear.Take(3).Skip(3).ToListAsync());
        AssertIds(await byYear.Skip(1).Skip(1).Take(9).Take(2).ToListAsync(), 5, 1);
        AssertIds(await byYear.Take(2).Take(5).ToListAsync(), 3, 2);
        AssertIds(await byYear.Take(0).ToListAsync());
        AssertIds(await byYear.Skip(0).Take(1).ToListAsync(), 3);
        AssertIds(await byYear.Skip(6).ToListAsync(), 4);
        AssertIds(await byYear.Skip(7).ToListAsync());
        AssertIds(
            await byYear.Skip(int.MaxValue).Skip(int.MaxValue).Take(int.MaxValue).ToListAsync());
        AssertIds(await byYear.Skip(5).Take(int.MaxValue).ToListAsync(), 6, 4);
        AssertIds(await tx.Query<Book>().Skip(2).Take(2).ToListAsync(), 3, 4);
        AssertIds(
            await tx.Query<Book>().Where(book => book.Id > 3).Skip(1).Take(2).ToListAsync(), 5, 6);
        Assert.Throws<ArgumentOutOfRangeException>(() => byYear.Skip(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => byYear.Take(-1));
    });

    [Fact]
    public Task Select_makes_something_of_each_result() => WithBooksAsync(async tx =>
    {
        IOrderedTableQuery<Book> byYear = tx.Query<Book>().OrderBy(book => book.Year);
        IQuery<string> titles = byYear.Select(book => $"{book.Title}, {book.Year}");
        Assert.Equal(["Beowulf, ", "Emma, 1815"], await titles.Take(2).ToListAsync());
        Assert.Equal(
            ["emma, 1815", "Persuasion, 1817"], await titles.Skip(2).Take(2).ToListAsync());
        Assert.Equal(["EMMA"], await byYear.Skip(1).Take(1).Select(book => book.Title)
            .Select(title => title.ToUpperInvariant()).ToListAsync());
        Assert.Equal("Beowulf, ", await titles.FirstOrDefaultAsync());
        Assert.Equal("Beowulf, ", await titles.Take(1).SingleOrDefaultAsync());
        Assert.Null(await titles.Take(0).FirstOrDefaultAsync());
        Assert.Equal(7, await titles.CountAsync());
        Assert.Equal(2, await titles.Skip(5).CountAsync());
        Assert.True(await titles.AnyAsync());
        Assert.Equal(7, (await titles.ExplainAsync()).Found);
        Assert.Equal(0, await byYear.Where(book => book.Id > 9).Select(book => book.Id)
            .FirstOrDefaultAsync());
        Assert.Equal(
            ["Emma", "emma"],
            await tx.SelectAsync<Book, string>(book => book.Year == 1815, book => book.Title));
        Assert.Equal(
            [(4, "Eliot")],
            await tx.SelectAsync<Book, (int, string?)>(
                Guard.Equal("Author", "Eliot"), book => (book.Id, book.Author), limit: 1));
    });

    [Fact]
    public Task First_and_Single_give_one_result_or_none() => WithBooksAsync(async tx =>
    {
        ITableQuery<Book> books = tx.Query<Book>();
        Assert.Equal(1, (await books.FirstOrDefaultAsync())!.Id);
        Assert.Equal(
            4, (await books.OrderByDescending(book => book.Year).FirstOrDefaultAsync())!.Id);
        Assert.Equal(2, (await books.Skip(1).FirstOrDefaultAsync())!.Id);
        Assert.Null(await books.Where(book => book.Id > 9).FirstOrDefaultAsync());
        Assert.Null(await books.Where(_ => false).FirstOrDefaultAsync());
        Assert.Equal(3, (await books.Where(book => book.Author == null && book.Year == null)
            .SingleOrDefaultAsync())!.Id);
        Assert.Null(await books.Where(book => book.Title == "none").SingleOrDefaultAsync());
        Assert.Equal(1, (await books.Take(1).SingleOrDefaultAsync())!.Id);
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await books.Where(book => book.Year == 1815).SingleOrDefaultAsync());
    });

    [Fact]
    public Task Count_and_Any_count_what_the_query_gives() => WithBooksAsync(async tx =>
    {
        ITableQuery<Book> books = tx.Query<Book>();
        Assert.Equal(7, await books.CountAsync());
        Assert.Equal(3, await books.Where(book => book.Author == "Eliot").CountAsync());
        Assert.Equal(2, await books.Skip(5).Take(9).CountAsync());
        Assert.Equal(1, await books.Where(book => book.Year == 1815).Skip(1).CountAsync());
        Assert.Equal(0, await books.Skip(8).CountAsync());
        Assert.Equal(0, await books.Take(0).CountAsync());
        Assert.Equal(0, await books.Where(_ => false).CountAsync());
        Assert.True(await books.AnyAsync());
        Assert.True(await books.Where(book => book.Price < 1).AnyAsync());
        Assert.True(await books.Skip(6).AnyAsync());
        Assert.False(await books.Skip(7).AnyAsync());
        Assert.False(await books.Take(0).AnyAsync());
        Assert.False(await books.Where(book => book.Price < 0).AnyAsync());
        Assert.False(await books.Where(_ => false).AnyAsync());
    });

    [Fact]
    public Task Min_and_Max_leave_null_out() => WithBooksAsync(async tx =>
    {
        ITableQuery<Book> books = tx.Query<Book>();
        Assert.Equal(1815, await books.MinAsync(book => book.Year));
        Assert.Equal(1871, await books.MaxAsync(book => book.Year));
        Assert.Equal(0.25m, await books.MinAsync(book => book.Price));
        Assert.Equal("Anonymous", await books.MinAsync(book => book.Title));
        Assert.Equal("emma", await books.MaxAsync(book => book.Title));
        Assert.Equal(
            (1, 7), (await books.MinAsync(book => book.Id), await books.MaxAsync(book => book.Id)));
        Assert.Equal(4, await books.MaxAsync(book => book.Place!.Shelf));

        ITableQuery<Book> none = books.Where(book => book.Id > 9);
        Assert.Null(await none.MinAsync(book => book.Year));
        Assert.Null(await none.MaxAsync(book => book.Title));
        Assert.Null(await books.Where(book => book.Year == null).MaxAsync(book => book.Year));
        Assert.Null(await none.MinAsync(book => (int?)book.Copies));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await none.MaxAsync(book => book.Copies));
        Assert.Contains("book => (int?)book.Copies", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await none.MinAsync(sold => sold.Price!.Value));
        Assert.Contains("sold => (decimal?)sold.Price", error.Message, StringComparison.Ordinal);

        // The same after Skip or Take: by ordinal, and without properties of missing objects.
        IOrderedTableQuery<Book> byYear = books.OrderBy(book => book.Year);
        Assert.Equal(1817, await byYear.Take(4).MaxAsync(book => book.Year));
        Assert.Equal("emma", await byYear.Take(4).MaxAsync(book => book.Title));
        Assert.Equal("Beowulf", await byYear.Take(4).MinAsync(book => book.Title));
        Assert.Equal(2, await byYear.Take(3).MaxAsync(book => book.Place!.Shelf));
        Assert.Null(await byYear.Take(2).MaxAsync(book => book.Place!.Shelf));
        Assert.Null(await byYear.Take(1).MinAsync(book => book.Year));
    });

    [Fact]
    public Task Sum_adds_up_and_null_is_nothing() => WithBooksAsync(async tx =>
    {
        ITableQuery<Book> books = tx.Query<Book>();
        Assert.Equal(7, await books.SumAsync(book => book.Copies));
        Assert.Equal(19.75m, await books.SumAsync(book => book.Price));
        Assert.Equal(
            4,
            await books.Where(book => book.Author != "Austen" || book.Id == 1).Take(3)
                .SumAsync(book => book.Copies));
        Assert.Equal(0, await books.Where(_ => false).SumAsync(book => book.Copies));
        Assert.Equal(
            0m, await books.Where(book => book.Price == null).SumAsync(book => book.Price));
        Assert.Equal(3L * int.MaxValue, await books.Take(3).SumAsync(_ => (long)int.MaxValue));
        await Assert.ThrowsAsync<OverflowException>(
            async () => await books.SumAsync(_ => int.MaxValue));
        await Assert.ThrowsAsync<OverflowException>(
            async () => await books.SumAsync(_ => (byte?)200));
    });

    private Task WithBooksAsync(Func<ITransaction, Task> body) => WithAsync(Books, body);

    private async Task WithAsync<T>(T[] records, Func<ITransaction, Task> body)
        where T : class
    {
        await PutAsync(records);
        await Memento.TransactionAsync(body).Within();
    }

    private static void AssertIds(IEnumerable<Book> found, params int[] ids)
        => Assert.Equal(ids, found.Select(static book => book.Id));
}
