using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task An_update_moves_index_entries_and_a_delete_removes_them()
    {
        await PutAsync(NewEntry("a", 1, "g"), NewEntry("b", 1, "g"), NewEntry("c", 1, "h"));
        await PutAsync(NewEntry("a", 2, "h"));
        await AssertGroupAsync("g", "b");
        await AssertGroupAsync("h", "a", "c");

        await Memento.TransactionAsync(async tx => await tx.DeleteAsync<Entry>("c")).Within();
        await AssertGroupAsync("h", "a");
        await PutAsync(NewEntry("a", 2, null));
        await AssertGroupAsync("h");
        await AssertGroupAsync(null, "a");
        await PutAsync(NewEntry("a", 3, ""));
        await AssertGroupAsync(null);
        await AssertGroupAsync("", "a");
        await AssertGroupAsync("g", "b");
    }

    [Fact]
    public async Task An_index_gives_what_a_scan_gives_after_any_changes()
    {
        const int Seed = 20_261;
        var random = new Random(Seed);
        var model = new Dictionary<string, Entry>();
        for (int round = 0; round < 30; round++)
        {
            bool commits = random.Next(4) > 0;
            var next = new Dictionary<string, Entry>(model);
            await Memento.TryTransactionAsync(async tx =>
            {
                for (int i = random.Next(6); i >= 0; i--)
                {
                    Entry entry = NewEntry(
                        $"k{random.Next(12)}",
                        random.Next(5),
                        random.Next(4) is var g and > 0 ? $"{g}" : null);
                    if (random.Next(3) == 0)
                    {
                        Assert.Equal(
                            next.Remove(entry.Name), await tx.DeleteAsync<Entry>(entry.Name));
                    }
                    else
                    {
                        next[entry.Name] = await tx.WriteAsync(entry);
                    }
                }

                await AssertModelAsync(tx, next, $"seed {Seed}, round {round}, inside");
                if (!commits) tx.Abort();
            }).Within();
            if (commits) model = next;
            await Memento.TransactionAsync(
                tx => AssertModelAsync(tx, model, $"seed {Seed}, round {round}, after")).Within();
        }
    }

    [Fact]
    public async Task A_bag_is_found_through_its_index()
    {
        await PutAsync(NewTag("rose", "red"), NewTag("rose", "old"), NewTag("car", "red"));
        await Memento.TransactionAsync(async tx =>
        {
            Assert.Equal(2, (await tx.MatchAsync<Tag>(new { Word = "red" })).Count);
            await tx.DeleteRecordAsync(NewTag("car", "red"));
            await tx.WriteAsync(NewTag("sky", "red"));
            Assert.Equal(
                ["rose", "sky"],
                (await tx.SelectAsync<Tag>(tag => tag.Word == "red"))
                    .Select(tag => tag.Subject).Order());
        }).Within();
        await Memento.TransactionAsync(async tx => await tx.DeleteAsync<Tag>("rose")).Within();
        Assert.Equal("sky", Assert.Single(await Memento.TransactionAsync(
            async tx => await tx.MatchAsync<Tag>(new { Word = "red" })).Within()).Subject);
    }

    [Fact]
    public async Task A_unique_index_refuses_the_second_holder_and_names_the_first()
    {
        await PutAsync(new Ticket { Id = 1_000_002, Title = "t", Code = "c" });
        var refused = await Assert.ThrowsAsync<UniqueIndexException>(
            () => PutAsync(new Ticket { Title = "u", Code = "c" }));

        Assert.Equal(
            ("Ticket", "Code", (object)"c", (object)1_000_002L),
            (refused.Table, refused.Index, refused.Value!, refused.HolderKey!));
        Assert.Contains(
            "Table 'Ticket' has a unique index 'Code', and the value 'c' belongs to the record "
            + "with key '1000002'",
            refused.Message,
            StringComparison.Ordinal);
        Assert.Single(await GetAllAsync<Ticket>());
    }

    [Fact]
    public async Task A_unique_index_refuses_the_second_holder_in_the_same_transaction()
    {
        await Assert.ThrowsAsync<UniqueIndexException>(() => Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Ticket { Title = "t", Code = "c" });
            await tx.WriteAsync(new Ticket { Title = "u", Code = "c" });
        }).Within());
        Assert.Empty(await GetAllAsync<Ticket>());
        await PutAsync(new Ticket { Title = "t", Code = "c" });
    }

    [Fact]
    public async Task A_unique_value_is_free_again_once_its_record_changes_or_goes()
    {
        await PutAsync(
            new Ticket { Id = 1_000_003, Title = "t", Code = "c" },
            new Ticket { Id = 1_000_004, Title = "u", Code = "d" },
            new Ticket { Id = 1_000_005, Title = "null" },
            new Ticket { Id = 1_000_006, Title = "null" });
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Ticket { Id = 1_000_003, Title = "t", Code = "e" });
            await tx.WriteAsync(new Ticket { Id = 1_000_004, Title = "u", Code = "c" });
            await tx.WriteAsync(new Ticket { Id = 1_000_003, Title = "t", Code = "d" });
        }).Within();
        await AssertCodesAsync("c 1000004", "d 1000003");

        await PutAsync(new Ticket { Id = 1_000_003, Title = "again", Code = "d" });
        await Memento.TransactionAsync(
            async tx => await tx.DeleteAsync<Ticket>(1_000_003)).Within();
        await Memento.TransactionAsync(async tx => await tx.DeleteRecordAsync(
            new Ticket { Id = 1_000_004, Title = "u", Code = "c" })).Within();
        await PutAsync(
            new Ticket { Id = 1_000_007, Title = "v", Code = "c" },
            new Ticket { Id = 1_000_008, Title = "w", Code = "d" });
        await AssertCodesAsync("c 1000007", "d 1000008");
        await PutAsync(new Ticket { Id = 1_000_007, Title = "v" });
        await PutAsync(new Ticket { Id = 1_000_009, Title = "x", Code = "c" });
        await AssertCodesAsync("c 1000009", "d 1000008");
    }

    [Fact]
    public async Task A_unique_value_that_an_abort_gave_up_or_took_is_as_before()
    {
        await PutAsync(new Ticket { Id = 1_000_010, Title = "t", Code = "c" });
        await Memento.TransactionAsync(async tx =>
        {
            await tx.TryNestedAsync(async inner =>
            {
                await inner.DeleteAsync<Ticket>(1_000_010);
                await inner.WriteAsync(new Ticket { Title = "u", Code = "c" });
                inner.Abort();
            });
            await Assert.ThrowsAsync<UniqueIndexException>(
                async () => await tx.WriteAsync(new Ticket { Title = "v", Code = "c" }));
        }).Within();
        await Memento.TryTransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Ticket { Title = "w", Code = "new" });
            await tx.DeleteAsync<Ticket>(1_000_010);
            tx.Abort();
        }).Within();
        await Assert.ThrowsAsync<UniqueIndexException>(
            () => PutAsync(new Ticket { Title = "x", Code = "c" }));
        await PutAsync(new Ticket { Id = 1_000_011, Title = "y", Code = "new" });
        await AssertCodesAsync("c 1000010", "new 1000011");
    }

    [Fact]
    public async Task A_value_that_two_transactions_want_goes_to_one()
    {
        Signal[] haveBegun = [new(), new()];
        async Task<bool> TryTakeAsync(int self)
        {
            try
            {
                await Memento.TransactionAsync(async tx =>
                {
                    await tx.ReadAsync<Entry>($"{self}");
                    haveBegun[self].Set();
                    await haveBegun[1 - self].WaitAsync();
                    await tx.WriteAsync(new Ticket { Title = $"{self}", Code = "c" });
                });
                return true;
            }
            catch (UniqueIndexException)
            {
                return false;
            }
        }

        bool[] took = await Task.WhenAll(TryTakeAsync(0), TryTakeAsync(1)).Within();
        Assert.Single(took, static each => each);
        Assert.Equal(
            took[0] ? "0" : "1", Assert.Single(await GetAllAsync<Ticket>()).Title);
    }

    [Fact]
    public async Task A_unique_index_on_several_properties_refuses_the_second_holder_of_all()
    {
        await PutAsync(
            new Ticket { Id = 1_000_012, Title = "t", Owner = "o" },
            new Ticket { Title = "t", Owner = "p" },
            new Ticket { Title = "u", Owner = "o" },
            new Ticket { Title = "t" },
            new Ticket { Title = "t" });
        var refused = await Assert.ThrowsAsync<UniqueIndexException>(
            () => PutAsync(new Ticket { Title = "t", Owner = "o" }));

        Assert.Equal(
            ("Owner_Title", (object)("o", "t"), (object)1_000_012L),
            (refused.Index, refused.Value!, refused.HolderKey!));
        Assert.Contains(
            "Table 'Ticket' has a unique index 'Owner_Title', and the value '(o, t)' belongs to "
            + "the record with key '1000012'",
            refused.Message,
            StringComparison.Ordinal);
        await PutAsync(new Ticket { Id = 1_000_012, Title = "t", Owner = "q" });
        await PutAsync(new Ticket { Title = "t", Owner = "o" });
    }

    private async Task AssertCodesAsync(params string[] expected)
    {
        IReadOnlyList<Ticket> all = await GetAllAsync<Ticket>();
        Assert.Equal(
            expected,
            all.Where(ticket => ticket.Code is not null)
                .Select(ticket => $"{ticket.Code} {ticket.Id}").Order(StringComparer.Ordinal));
        foreach (Ticket ticket in all.Where(ticket => ticket.Code is not null))
        {
            Assert.Equal(
                [ticket],
                await Memento.TransactionAsync(
                    async tx => await tx.MatchAsync<Ticket>(new { ticket.Code })).Within());
        }
    }

    private async Task AssertGroupAsync(string? group, params string[] expected)
        => await Memento.TransactionAsync(async tx =>
        {
            Assert.Equal(expected, Names(await tx.MatchAsync<Entry>(new { Group = group })));
            Assert.Equal(
                expected, Names(await tx.SelectAsync<Entry>(entry => entry.Group == group)));
        }).Within();

    private static async Task AssertModelAsync(
        ITransaction tx, Dictionary<string, Entry> model, string where)
    {
        Assert.True(
            InOrder(model.Values).SequenceEqual(InOrder(await tx.AllAsync<Entry>())), where);
        foreach (string? group in (string?[])["1", "2", "3", null])
        {
            Assert.True(
                InOrder(model.Values.Where(entry => entry.Group == group))
                    .SequenceEqual(InOrder(await tx.MatchAsync<Entry>(new { Group = group }))),
                $"{where}, group {group}");
            Assert.True(
                InOrder(model.Values.Where(entry => entry.Group == group && entry.Value > 2))
                    .SequenceEqual(InOrder(await tx.SelectAsync<Entry>(
                        entry => entry.Group == group && entry.Value > 2))),
                $"{where}, group {group} above 2");
        }
    }

    private static IEnumerable<string> Names(IEnumerable<Entry> entries)
        => entries.Select(static entry => entry.Name).Order(StringComparer.Ordinal);

    [Fact]
    public async Task Writes_of_one_key_side_by_side_leave_no_value_taken()
    {
        await PutAsync(new Ticket { Id = 1, Title = "t", Code = "old" });
        await Memento.TransactionAsync(async tx => await Task.WhenAll(
            Enumerable.Range(0, 4).Select(i => tx
                .WriteAsync(new Ticket { Id = 1, Title = "t", Code = $"new {i}" })
                .AsTask()))).Within();

        string kept = (await GetAsync<Ticket>(1))!.Code!;
        string[] free = [.. Enumerable.Range(0, 4).Select(i => $"new {i}").Append("old")
            .Except([kept])];
        Assert.Equal(4, free.Length);
        await PutAsync([.. free.Select((code, i) =>
            new Ticket { Id = 2 + i, Title = "t", Code = code })]);
        await Assert.ThrowsAsync<UniqueIndexException>(
            () => PutAsync(new Ticket { Id = 9, Title = "t", Code = kept }));
    }
}
