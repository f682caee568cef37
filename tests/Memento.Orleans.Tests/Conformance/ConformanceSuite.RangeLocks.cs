using Memento.Partitions;
using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task A_lookup_by_index_and_writes_of_other_values_run_side_by_side()
    {
        // Mnesia locks the whole table for the lookup, so that one of the two would have to wait.
        await PutAsync(NewEntry("a1", 1, "a"), NewEntry("b1", 1, "b"), NewEntry("c1", 1));
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();

        Assert.Equal(["a1"], await NamesAsync(older.Tx, "a"));
        Assert.Equal(["b1"], await NamesAsync(younger.Tx, "b"));
        await younger.Tx.WriteAsync(NewEntry("b2", 2, "b")).Within();
        await younger.Tx.WriteAsync(NewEntry("c1", 2)).Within();
        await older.Tx.WriteAsync(NewEntry("a2", 2, "a")).Within();
        Assert.Equal(["a1", "a2"], await NamesAsync(older.Tx, "a"));
        Assert.Equal(["b1", "b2"], await NamesAsync(younger.Tx, "b"));

        await older.CommitAsync();
        await younger.CommitAsync();
        Assert.Equal((1, 1), (older.Runs, younger.Runs));
        Assert.Equal(5, (await GetAllAsync<Entry>()).Count);
    }

    [Theory]
    [InlineData("a new record", "g9", "g")]
    [InlineData("one that comes from elsewhere", "other", "g")]
    [InlineData("one that goes elsewhere", "g1", "h")]
    [InlineData("one that goes out of the index", "g1", null)]
    [InlineData("one that only changes", "g1", "g")]
    public async Task A_write_that_would_change_a_lookup_waits_for_it(
        string what, string name, string? group)
    {
        await PutAsync(NewEntry("g1", 1, "g"), NewEntry("g2", 1, "g"), NewEntry("other", 1, "x"));
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();
        IReadOnlyList<Entry> before = await LookUpAsync(younger.Tx, "g");

        Task<Entry> writing = older.Tx.WriteAsync(NewEntry(name, 7, group)).AsTask();
        await UntilWaitingAsync(older.Tx);
        Assert.False(writing.IsCompleted, what);
        Assert.Equal(before, await LookUpAsync(younger.Tx, "g"));

        await younger.CommitAsync();
        await writing.Within();
        await older.CommitAsync();
        Assert.Equal((1, 1), (older.Runs, younger.Runs));
    }

    [Theory]
    [InlineData("g9", "g")]
    [InlineData("g1", "h")]
    public async Task A_younger_write_into_a_lookup_is_refused_and_hears_of_the_index(
        string name, string group)
    {
        await PutAsync(NewEntry("g1", 1, "g"));
        OpenTransaction older = await OpenAsync();
        await LookUpAsync(older.Tx, "g");

        var conflict = await Assert.ThrowsAsync<TransactionConflictException>(
            () => Memento.TransactionAsync(
                async tx => await tx.WriteAsync(NewEntry(name, 2, group)), Once).Within());

        Assert.Contains(
            "index 'Group' of table 'Entry'", conflict.Message, StringComparison.Ordinal);
        await older.CommitAsync();
    }

    [Fact]
    public async Task A_deletion_from_a_lookup_waits_for_it()
    {
        await PutAsync(NewEntry("g1", 1, "g"), NewEntry("g2", 1, "g"));
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();
        Assert.Equal(["g1", "g2"], await NamesAsync(younger.Tx, "g"));

        Task<bool> deleting = older.Tx.DeleteAsync<Entry>("g1").AsTask();
        await UntilWaitingAsync(older.Tx);
        Assert.Equal(["g1", "g2"], await NamesAsync(younger.Tx, "g"));

        await younger.CommitAsync();
        Assert.True(await deleting.Within());
        await older.CommitAsync();
    }

    [Fact]
    public async Task The_gap_to_the_next_key_is_locked_and_what_lies_beyond_is_not()
    {
        await PutAsync(NewSeat(1), NewSeat(5), NewSeat(9));
        OpenTransaction older = await OpenAsync();
        Assert.Equal((Halls[0], 5), await older.Tx.NextKeyAsync<Seat>((Halls[0], 1)).Within());

        await Assert.ThrowsAsync<TransactionConflictException>(
            () => Memento.TransactionAsync(
                async tx => await tx.WriteAsync(NewSeat(3)), Once).Within());
        await Assert.ThrowsAsync<TransactionConflictException>(
            () => Memento.TransactionAsync(
                async tx => await tx.DeleteAsync<Seat>((Halls[0], 5)), Once).Within());

        // Every partition is locked up to its own next key, and none of them before the first one.
        await Memento.TransactionAsync(
            async tx => await tx.WriteAsync(NewSeat(0)), Once).Within();
        Assert.Equal((Halls[0], 5), await older.Tx.NextKeyAsync<Seat>((Halls[0], 1)).Within());
        await older.CommitAsync();
        Assert.Equal(1, older.Runs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_gap_before_a_key_is_locked(bool isAtTheEnd)
    {
        await PutAsync(NewSeat(1), NewSeat(5));
        OpenTransaction older = await OpenAsync();
        object? found = isAtTheEnd
            ? await older.Tx.LastKeyAsync<Seat>().Within()
            : await older.Tx.PreviousKeyAsync<Seat>((Halls[0], 8)).Within();
        Assert.Equal((Halls[0], 5), found);

        await Assert.ThrowsAsync<TransactionConflictException>(
            () => Memento.TransactionAsync(
                async tx => await tx.WriteAsync(NewSeat(7)), Once).Within());
        await older.CommitAsync();
    }

    [Fact]
    public async Task A_limited_query_locks_what_it_has_read_and_no_more()
    {
        // More than the first portion of each partition, so that the end stays unread.
        await PutAsync([.. Enumerable.Range(0, 200).Select(NewSeat)]);
        OpenTransaction older = await OpenAsync();
        IReadOnlyList<Seat> first = await older.Tx.Query<Seat>().Take(3).ToListAsync().Within();
        Assert.Equal([0, 1, 2], first.Select(static seat => seat.Number));

        await Memento.TransactionAsync(
            async tx => await tx.WriteAsync(NewSeat(199) with { Guest = "late" }), Once).Within();
        await Assert.ThrowsAsync<TransactionConflictException>(
            () => Memento.TransactionAsync(
                async tx => await tx.WriteAsync(NewSeat(1) with { Guest = "early" }),
                Once).Within());

        Assert.Equal(first, await older.Tx.Query<Seat>().Take(3).ToListAsync().Within());
        await older.CommitAsync();
        Assert.Equal(1, older.Runs);
    }

    [Fact]
    public async Task More_ranges_than_are_kept_apart_lock_the_partition()
    {
        string[] groups =
            [.. Enumerable.Range(0, LockTaker.MaxRanges + 1)
                .Select(static number => $"g{number:000}")];
        await PutAsync(NewEntry("k", 1, groups[^1]));
        OpenTransaction older = await OpenAsync();
        IReadOnlyList<Entry> found = await older.Tx
            .SelectAsync<Entry>(entry => groups.Contains(entry.Group)).Within();
        Assert.Equal(["k"], found.Select(static entry => entry.Name));

        // A value that was not asked for: the partition as a whole keeps it out.
        var conflict = await Assert.ThrowsAsync<TransactionConflictException>(
            () => Memento.TransactionAsync(
                async tx => await tx.WriteAsync(NewEntry("z", 1, "z")), Once).Within());
        Assert.Contains("table 'Entry'", conflict.Message, StringComparison.Ordinal);
        await older.CommitAsync();
    }

    [Fact]
    public async Task Parts_of_a_range_that_follow_each_other_lock_it_and_not_the_partition()
    {
        await PutManyBooksAsync();
        OpenTransaction older = await OpenAsync();
        string? after = null;
        for (int pages = 0; pages < 2 * LockTaker.MaxRanges; pages++)
        {
            after = (await older.Tx.Query<Book>().OrderBy(static book => book.Year)
                .ToPageAsync(4, after).AsTask().Within()).Next;
            Assert.NotNull(after);
        }

        await Memento.TransactionAsync(
            async tx => await tx.WriteAsync(NewBook(ManyBooks) with { Title = "far" }),
            Once).Within();
        await Assert.ThrowsAsync<TransactionConflictException>(() => Memento.TransactionAsync(
            async tx => await tx.WriteAsync(NewBook(2) with { Title = "near" }), Once).Within());
        await older.CommitAsync();
    }

    [Fact]
    public async Task A_bag_s_lookup_keeps_out_records_of_its_value_only()
    {
        await PutAsync(
            new Tag { Subject = "a", Word = "x" }, new Tag { Subject = "a", Word = "y" });
        OpenTransaction older = await OpenAsync();
        Assert.Single(await older.Tx.SelectAsync<Tag>(tag => tag.Word == "x").Within());

        await Memento.TransactionAsync(
            async tx => await tx.WriteAsync(new Tag { Subject = "b", Word = "y" }), Once).Within();
        await Assert.ThrowsAsync<TransactionConflictException>(
            () => Memento.TransactionAsync(
                async tx => await tx.WriteAsync(new Tag { Subject = "b", Word = "x" }),
                Once).Within());
        Assert.Single(await older.Tx.SelectAsync<Tag>(tag => tag.Word == "x").Within());
        await older.CommitAsync();
    }

    [Fact]
    public async Task A_value_of_a_unique_index_leads_to_one_record_and_stays_locked()
    {
        await PutAsync(
            new Ticket { Id = 1, Title = "a", Code = "x" }, new Ticket { Id = 2, Title = "b" });
        OpenTransaction older = await OpenAsync();
        ITableQuery<Ticket> taken = older.Tx.Query<Ticket>().Where(static each => each.Code == "x");
        Assert.Equal([1], (await taken.ToListAsync().Within()).Select(static each => each.Id));
        QueryExplanation explanation = await taken.ExplainAsync().Within();
        Assert.Equal(("Code", 2, 1), (explanation.Index, explanation.Partitions, explanation.Read));
        Assert.Equal("1 value of index Code; 1 key", explanation.Locks);
        Assert.Empty(await older.Tx.MatchAsync<Ticket>(new { Code = "free" }).Within());

        await Memento.TransactionAsync(
            async tx => await tx.WriteAsync(new Ticket { Id = 3, Title = "c", Code = "y" }),
            Once).Within();
        foreach (Ticket change in (Ticket[])[
            new() { Id = 4, Title = "d", Code = "free" },
            new() { Id = 2, Title = "b", Code = "free" },
            new() { Id = 1, Title = "a", Code = "z" },
            new() { Id = 1, Title = "changed", Code = "x" }])
        {
            await Assert.ThrowsAsync<TransactionConflictException>(() => Memento.TransactionAsync(
                async tx => await tx.WriteAsync(change), Once).Within());
        }

        Assert.Equal(2, (await older.Tx.SelectAsync<Ticket>(
            static each => new[] { "x", "y", "none" }.Contains(each.Code)).Within()).Count);
        Assert.Equal(
            [2], (await older.Tx.MatchAsync<Ticket>(new { Code = (string?)null }).Within())
                .Select(static each => each.Id));
        await older.CommitAsync();
        Assert.Equal(1, older.Runs);
    }

    private static Seat NewSeat(int number) => new() { Hall = Halls[0], Number = number };

    private static async Task<IReadOnlyList<Entry>> LookUpAsync(ITransaction tx, string group)
        => [.. (await tx.SelectAsync<Entry>(entry => entry.Group == group).Within())
            .OrderBy(static entry => entry.Name, StringComparer.Ordinal)];

    private static async Task<IReadOnlyList<string>> NamesAsync(ITransaction tx, string group)
        => [.. (await LookUpAsync(tx, group)).Select(static entry => entry.Name)];
}
