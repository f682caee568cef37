using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task Numbers_are_assigned_above_the_highest_used_and_explicit_keys_are_kept()
    {
        Ticket first = await AddTicketAsync("first");
        Assert.True(first.Id > 0);
        Ticket second = await AddTicketAsync("second");
        Assert.True(second.Id > first.Id);

        long explicitKey = second.Id + 50_000;
        await PutAsync(new Ticket { Id = explicitKey, Title = "explicit" });
        Assert.Equal("explicit", (await GetAsync<Ticket>(explicitKey))!.Title);
        Ticket third = await AddTicketAsync("third");
        Assert.True(third.Id > explicitKey);
        Assert.Equal("third", (await GetAsync<Ticket>(third.Id))!.Title);

        await PutAsync(new Ticket { Id = -5, Title = "below" });
        Assert.True((await AddTicketAsync("fourth")).Id > third.Id);
        Assert.Equal("below", (await GetAllAsync<Ticket>())[0].Title);
    }

    [Fact]
    public async Task Numbers_that_were_reserved_are_not_given()
    {
        Ticket first = await AddTicketAsync("first");
        long given = await Memento.Tables.ReserveNumbersAsync<Ticket>(0).Within();
        Assert.True(given >= first.Id);

        long reserved = given + 50_000;
        Assert.Equal(
            reserved, await Memento.Tables.ReserveNumbersAsync<Ticket>(reserved).Within());
        Assert.Equal(reserved, await Memento.Tables.ReserveNumbersAsync<Ticket>(5).Within());

        Assert.True((await AddTicketAsync("second")).Id > reserved);
        await Assert.ThrowsAsync<ArgumentException>(
            () => Memento.Tables.ReserveNumbersAsync<Entry>(1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => Memento.Tables.ReserveNumbersAsync<Ticket>(-1));
    }

    [Fact]
    public async Task A_number_never_comes_twice_not_even_after_an_abort_or_a_delete()
    {
        long aborted = 0;
        await Memento.TryTransactionAsync(async tx =>
        {
            aborted = (await tx.WriteAsync(new Ticket { Title = "aborted" })).Id;
            tx.Abort();
        }).Within();
        Ticket next = await AddTicketAsync("next");
        Assert.True(next.Id > aborted);
        await Memento.TransactionAsync(async tx => await tx.DeleteAsync<Ticket>(next.Id)).Within();
        Assert.True((await AddTicketAsync("after")).Id > next.Id);
        await Memento.Tables.ClearAsync<Ticket>().Within();
        Assert.True((await AddTicketAsync("cleared")).Id > next.Id + 1);
    }

    [Fact]
    public async Task Inserts_side_by_side_get_different_numbers_and_do_not_wait()
    {
        OpenTransaction older = await OpenAsync();
        OpenTransaction younger = await OpenAsync();
        Ticket a = await younger.Tx.WriteAsync(new Ticket { Title = "a" }).Within();
        Ticket b = await older.Tx.WriteAsync(new Ticket { Title = "b" }).Within();
        Ticket c = await younger.Tx.WriteAsync(new Ticket { Title = "c" }).Within();
        Assert.True(a.Id < b.Id && b.Id < c.Id);
        await older.CommitAsync();
        await younger.CommitAsync();
        Assert.Equal((1, 1), (older.Runs, younger.Runs));

        Ticket[] many = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(i => AddTicketAsync($"{i}"))).Within();
        Assert.Equal(50, many.Select(static ticket => ticket.Id).Distinct().Count());
        Assert.Equal(53, (await GetAllAsync<Ticket>()).Count);
    }

    [Fact]
    public async Task Numbers_that_do_not_fit_the_key_are_refused()
    {
        await PutAsync(new Coupon { Id = byte.MaxValue, Text = "last" });
        var error = await Assert.ThrowsAsync<MementoException>(
            () => PutAsync(new Coupon { Text = "too many" }));
        Assert.Contains("used up the numbers of its key", error.Message, StringComparison.Ordinal);
        Assert.Contains("the key 255", error.Message, StringComparison.Ordinal);
        Assert.Equal("last", Assert.Single(await GetAllAsync<Coupon>()).Text);
    }

    [Fact]
    public async Task An_explicit_key_that_is_not_committed_uses_no_number_up()
    {
        Ticket first = await AddTicketAsync("first");
        var last = new Ticket { Id = long.MaxValue - 5, Title = "never" };
        await Memento.TryTransactionAsync(async tx =>
        {
            await tx.WriteAsync(last);
            tx.Abort();
        }).Within();
        await Memento.TransactionAsync(async tx =>
        {
            await tx.TryNestedAsync(async inner =>
            {
                await inner.WriteAsync(last);
                inner.Abort();
            });
            await tx.WriteAsync(last);
            await tx.DeleteAsync<Ticket>(last.Id);
        }).Within();

        Ticket second = await AddTicketAsync("second");
        Assert.InRange(second.Id, first.Id + 1, first.Id + 10_000);
    }

    [Fact]
    public async Task A_number_that_the_transaction_has_written_itself_is_skipped()
    {
        Ticket first = await AddTicketAsync("first");
        Ticket third = await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Ticket { Id = first.Id + 1, Title = "second" });
            return await tx.WriteAsync(new Ticket { Title = "third" });
        }).Within();

        Assert.Equal(first.Id + 2, third.Id);
        Assert.Equal(
            ["first", "second", "third"],
            (await GetAllAsync<Ticket>()).Select(static ticket => ticket.Title));
    }

    private Task<Ticket> AddTicketAsync(string title) => Memento.TransactionAsync(
        async tx => await tx.WriteAsync(new Ticket { Title = title })).Within();
}
