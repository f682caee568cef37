using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    private const int ManyBooks = 2_000;

    /// <summary>More than the first portions of a few partitions, and far from all.</summary>
    private const int FewBooks = 100;

    [Fact]
    public async Task A_stream_that_is_left_reads_and_locks_little()
    {
        await PutManyBooksAsync();
        OpenTransaction older = await OpenAsync();
        List<int> seen = [];
        await foreach (Book book in older.Tx.Query<Book>().OrderBy(book => book.Year)
            .AsAsyncEnumerable())
        {
            seen.Add(book.Id);
            if (seen.Count == 3) break;
        }

        Assert.Equal([1, 2, 3], seen);
        await Memento.TransactionAsync(
            async tx => await tx.WriteAsync(NewBook(ManyBooks) with { Title = "far" }),
            Once).Within();
        await Assert.ThrowsAsync<TransactionConflictException>(() => Memento.TransactionAsync(
            async tx => await tx.WriteAsync(NewBook(2) with { Title = "near" }), Once).Within());
        await older.CommitAsync();
    }

    [Fact]
    public async Task A_stream_gives_everything_to_who_goes_on()
    {
        await PutManyBooksAsync();
        await Memento.TransactionAsync(async tx =>
        {
            List<int> seen = [];
            await foreach (int id in tx.Query<Book>().OrderByDescending(book => book.Year)
                .Skip(1).Select(book => book.Id).AsAsyncEnumerable())
                seen.Add(id);
            Assert.Equal(Enumerable.Range(1, ManyBooks - 1).Reverse(), seen);

            seen.Clear();
            await foreach (Book book in tx.Query<Book>().Take(70).AsAsyncEnumerable())
                seen.Add(book.Id);
            Assert.Equal(Enumerable.Range(1, 70), seen);
        }).Within();
    }

    [Fact]
    public async Task A_stream_ends_when_it_is_cancelled()
    {
        await PutAsync(Books);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Memento.TransactionAsync(
            async tx =>
            {
                await foreach (Book _ in tx.Query<Book>().AsAsyncEnumerable()
                    .WithCancellation(cancelled.Token))
                {
                }
            }).Within());
    }

    [Fact]
    public async Task The_first_ones_of_an_order_are_found_without_reading_the_table()
    {
        await PutManyBooksAsync();
        await Memento.TransactionAsync(async tx =>
        {
            ITableQuery<Book> books = tx.Query<Book>();
            QueryExplanation byKey = await books.Take(10).ExplainAsync();
            Assert.Equal((null, "every record", 10), (byKey.Index, byKey.Way, byKey.Found));
            Assert.InRange(byKey.Read, 10, FewBooks);

            QueryExplanation byIndex =
                await books.OrderByDescending(book => book.Year).Take(10).ExplainAsync();
            Assert.Equal(("Year", "index Year, in order"), (byIndex.Index, byIndex.Way));
            Assert.Equal("Year descending, from index Year", byIndex.Order);
            Assert.InRange(byIndex.Read, 10, FewBooks);

            QueryExplanation ofAuthor = await books.Where(book => book.Author == "author 3")
                .OrderBy(book => book.Year).Skip(5).Take(5).ExplainAsync();
            Assert.Equal(("Author_Year", 5), (ofAuthor.Index, ofAuthor.Found));
            Assert.InRange(ofAuthor.Read, 10, FewBooks);

            QueryExplanation sorted =
                await books.OrderBy(book => book.Title).Take(10).ExplainAsync();
            Assert.Equal(("Title, sorted", null), (sorted.Order, sorted.Index));
            Assert.Equal((ManyBooks, 10), (sorted.Read, sorted.Found));
        }).Within();
    }

    [Fact]
    public async Task An_explanation_says_the_way_the_filter_and_what_was_read()
    {
        await PutManyBooksAsync();
        await Memento.TransactionAsync(async tx =>
        {
            ITableQuery<Book> books = tx.Query<Book>();
            Assert.Equal(
                new QueryExplanation
                {
                    Table = "Book",
                    Index = null,
                    Way = "key Id, 1 key: Id == 7",
                    Filter = null,
                    Order = null,
                    Locks = "1 key",
                    Partitions = 1,
                    Read = 1,
                    Found = 1,
                },
                await books.Where(book => book.Id == 7).ExplainAsync());
            Assert.Equal(
                new QueryExplanation
                {
                    Table = "Book",
                    Index = "Year",
                    Way = "index Year, 1 range: Year >= 1990",
                    Filter = "Copies == 1",
                    Order = null,
                    Locks = "4 ranges of index Year",
                    Partitions = 4,
                    Read = ManyBooks - 1989,
                    Found = (ManyBooks - 1989) / 2,
                },
                await books.Where(book => book.Year >= 1990 && book.Copies == 1).ExplainAsync());
            Assert.Equal(
                new QueryExplanation
                {
                    Table = "Book",
                    Index = null,
                    Way = "nothing: no record can satisfy false",
                    Filter = null,
                    Order = null,
                    Locks = "nothing",
                    Partitions = 0,
                    Read = 0,
                    Found = 0,
                },
                await books.Where(_ => false).ExplainAsync());
            Assert.Equal(
                "the table, against writers",
                (await books.Where(book => book.Copies == 1).ExplainAsync()).Locks);
            Assert.Contains(
                "read    1 record",
                (await books.Where(book => book.Id == 7).ExplainAsync()).ToString(),
                StringComparison.Ordinal);
        }).Within();
    }

    [Fact]
    public Task Match_takes_any_properties_and_null_for_a_value() => WithBooksAsync(async tx =>
    {
        AssertIds(await tx.MatchAsync<Book>(new { Author = "Eliot", Year = 1815 }), 5);
        AssertIds(await tx.MatchAsync<Book>(new { Author = (string?)null, Year = 1817 }), 7);
        AssertIds(await tx.MatchAsync<Book>(new { Year = (int?)null }), 3);
        AssertIds(
            await tx.MatchAsync<Book>(new { Copies = 1, Price = 7.50m, Author = "Austen" }), 2);
        AssertIds(await tx.MatchAsync<Book>(new { Id = 4, Title = "Emma" }));
        AssertIds(await tx.MatchAsync<Book>(new { }), 1, 2, 3, 4, 5, 6, 7);
    });

    [Fact]
    public async Task A_query_is_of_no_use_after_the_transaction_s_end()
    {
        await PutAsync(Books);
        ITableQuery<Book>? kept = null;
        await Memento.TransactionAsync(async tx =>
        {
            kept = tx.Query<Book>().Where(book => book.Id > 1);
            await kept.CountAsync();
        }).Within();

        await Assert.ThrowsAsync<NoTransactionException>(async () => await kept!.ToListAsync());
        await Assert.ThrowsAsync<NoTransactionException>(async () => await kept!.CountAsync());
        await Assert.ThrowsAsync<NoTransactionException>(async () => await kept!.AnyAsync());
        await Assert.ThrowsAsync<NoTransactionException>(
            async () => await kept!.MinAsync(book => book.Id));
        await Assert.ThrowsAsync<NoTransactionException>(async () => await kept!.ToPageAsync(2));
        await Assert.ThrowsAsync<NoTransactionException>(async () => await kept!.ExplainAsync());
        await Assert.ThrowsAsync<NoTransactionException>(async () =>
        {
            await foreach (Book _ in kept!.AsAsyncEnumerable())
            {
            }
        });
    }

    [Fact]
    public Task What_comes_after_Skip_or_Take_and_would_mean_something_else_is_refused()
        => WithBooksAsync(tx =>
        {
            ITableQuery<Book> cut = tx.Query<Book>().Take(3);
            AssertRefused(() => cut.Where(book => book.Id > 1), "Where");
            AssertRefused(() => cut.Where(Guard.Equal("Id", 1)), "Where");
            AssertRefused(() => cut.Skip(1).OrderBy(book => book.Id), "OrderBy");
            AssertRefused(() => cut.OrderByDescending(book => book.Id), "OrderByDescending");
            AssertRefused(() => cut.ToPageAsync(2).AsTask(), "ToPageAsync");
            return Task.CompletedTask;

            static void AssertRefused(Func<object> call, string name)
            {
                var error = Assert.Throws<QueryNotSupportedException>(call);
                Assert.Contains(
                    $"It comes after Skip or Take: call {name} before them, or go on with the list",
                    error.Message,
                    StringComparison.Ordinal);
            }
        });

    [Fact]
    public Task An_order_of_what_has_none_is_refused() => WithBooksAsync(tx =>
    {
        ITableQuery<Book> books = tx.Query<Book>();
        AssertRefused(() => books.OrderBy(book => book.Words), "Words", "has no order");
        AssertRefused(() => books.OrderBy(book => book.Place), "Place", "has no order");
        AssertRefused(
            () => books.OrderBy(book => book.Title.Length), "Title.Length", "stored property");
        AssertRefused(
            () => books.OrderBy(book => book.Year + 1), "book.Year + ", "stored property");
        AssertRefused(() => books.OrderBy(_ => 1), "1", "stored property");
        AssertRefused(
            () => books.OrderBy(book => book.Id).ThenByDescending(book => book.Words),
            "Words",
            "has no order");
        return Task.CompletedTask;

        static void AssertRefused(Func<object> call, string expression, string rule)
        {
            var error = Assert.Throws<QueryNotSupportedException>(call);
            Assert.Contains(expression, error.Message, StringComparison.Ordinal);
            Assert.Contains(rule, error.Message, StringComparison.Ordinal);
        }
    });

    [Fact]
    public Task Own_writes_deletes_and_rewrites_come_in_the_right_order()
        => WithBooksAsync(async tx =>
    {
        await tx.WriteAsync(Books[5] with { Year = 1800 });
        await tx.DeleteAsync<Book>(1);
        await tx.WriteAsync(new Book { Id = 0, Title = "New", Author = "Eliot", Year = 1815 });
        await tx.WriteAsync(new Book { Id = 9, Title = "Newer", Year = 1900 });
        await tx.WriteAsync(Books[3] with { Year = null });

        AssertIds(await tx.Query<Book>().ToListAsync(), 0, 2, 3, 4, 5, 6, 7, 9);
        AssertIds(
            await tx.Query<Book>().OrderBy(book => book.Year).ToListAsync(),
            3, 4, 6, 0, 2, 5, 7, 9);
        AssertIds(
            await tx.Query<Book>().OrderByDescending(book => book.Year).Take(3).ToListAsync(),
            9, 7, 5);
        AssertIds(
            await tx.Query<Book>().Where(book => book.Author == "Eliot").OrderBy(book => book.Year)
                .ToListAsync(),
            4, 6, 0, 5);
        AssertIds(await tx.Query<Book>().Where(book => book.Year == 1815).ToListAsync(), 0, 2, 5);
        Assert.Equal(8, await tx.Query<Book>().CountAsync());
        Assert.Equal(3, await tx.Query<Book>().Where(book => book.Year == 1815).CountAsync());
        Assert.Equal((1800, 1900), (
            await tx.Query<Book>().MinAsync(book => book.Year),
            await tx.Query<Book>().MaxAsync(book => book.Year)));

        // A record that is written again is where it was, and a record that is deleted again is
        // gone.
        await tx.WriteAsync(Books[0]);
        await tx.WriteAsync(Books[5]);
        await tx.DeleteAsync<Book>(9);
        AssertIds(
            await tx.Query<Book>().OrderBy(book => book.Year).ToListAsync(),
            3, 4, 0, 2, 5, 1, 7, 6);
    });

    [Fact]
    public Task A_savepoint_that_is_undone_restores_what_queries_see() => WithBooksAsync(async tx =>
    {
        await tx.WriteAsync(Books[0] with { Year = 1000 });
        await tx.TryNestedAsync(async inner =>
        {
            await inner.WriteAsync(Books[0] with { Year = 2000 });
            await inner.DeleteAsync<Book>(3);
            await inner.WriteAsync(new Book { Id = 8, Title = "Nested", Year = 1816 });
            AssertIds(
                await inner.Query<Book>().OrderBy(book => book.Year).ToListAsync(),
                2, 5, 8, 7, 6, 4, 1);
            inner.Abort();
        });

        AssertIds(
            await tx.Query<Book>().OrderBy(book => book.Year).ToListAsync(), 3, 1, 2, 5, 7, 6, 4);
        AssertIds(await tx.Query<Book>().Where(book => book.Year > 1900).ToListAsync());
        AssertIds(await tx.Query<Book>().Where(book => book.Year == 1816).ToListAsync());
        Assert.Equal(7, await tx.Query<Book>().CountAsync());
        Assert.Equal(1000, await tx.Query<Book>().MinAsync(book => book.Year));
    });

    [Fact]
    public Task An_ordered_set_comes_by_key_whatever_the_way() => WithBooksAsync(async tx =>
    {
        await tx.WriteAsync(new Book { Id = -1, Title = "Own", Author = "Eliot", Year = 1900 });
        int?[] years = [1871, 1815, 1900];
        int[] ids = [6, 2, -1];
        AssertIds(await tx.SelectAsync<Book>(book => years.Contains(book.Year)), -1, 2, 4, 5);
        AssertIds(await tx.SelectAsync<Book>(book => ids.Contains(book.Id)), -1, 2, 6);
        AssertIds(await tx.SelectAsync<Book>(book => book.Author == "Eliot"), -1, 4, 5, 6);
        AssertIds(await tx.SelectAsync<Book>(book => book.Year > 1815), -1, 1, 4, 6, 7);
        AssertIds(await tx.SelectAsync<Book>(book => book.Year > 1815, limit: 3), -1, 1, 4);
        AssertIds(await tx.SelectAsync<Book>(book => book.Copies == 1), 2, 3);
        AssertIds(await tx.MatchAsync<Book>(new { Author = "Eliot" }), -1, 4, 5, 6);
        AssertIds(await tx.AllAsync<Book>(), -1, 1, 2, 3, 4, 5, 6, 7);
        Assert.Equal(
            "-1 1 2 3 4 5 6 7",
            await tx.FoldAsync<Book, string>("", (text, book) => $"{text} {book.Id}".Trim()));
    });

    private Task<long> PutManyBooksAsync()
        => Memento.Table<Book>().PutManyAsync(
            Enumerable.Range(1, ManyBooks).Select(NewBook).ToAsyncEnumerable()).Within();

    /// <summary>Its year is in the order of its key.</summary>
    private static Book NewBook(int id) => new()
    {
        Id = id,
        Title = $"title {id % 10}",
        Author = $"author {id % 5}",
        Year = id,
        Copies = id % 2,
    };
}
