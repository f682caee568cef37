using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transaction_sees_what_it_wrote_and_never_what_was_there(bool isNested)
    {
        await PutAsync(NewEntry("a", 1, "old"), NewEntry("b", 1, "old"));
        async Task RewriteAsync(ITransaction tx)
        {
            await tx.WriteAsync(NewEntry("a", 2, "new"));
            await AssertViewAsync(tx, NewEntry("a", 2, "new"), NewEntry("b", 1, "old"));
            await tx.WriteAsync(NewEntry("a", 3, null));
            await tx.WriteAsync(NewEntry("c", 4, "old"));
            await AssertViewAsync(
                tx, NewEntry("a", 3, null), NewEntry("b", 1, "old"), NewEntry("c", 4, "old"));
        }

        await Memento.TransactionAsync(async tx =>
        {
            await (isNested ? tx.NestedAsync(RewriteAsync) : RewriteAsync(tx));
            await AssertViewAsync(
                tx, NewEntry("a", 3, null), NewEntry("b", 1, "old"), NewEntry("c", 4, "old"));
        }).Within();
        await Memento.TransactionAsync(tx => AssertViewAsync(
            tx, NewEntry("a", 3, null), NewEntry("b", 1, "old"), NewEntry("c", 4, "old"))).Within();
    }

    [Fact]
    public async Task A_deleted_record_is_invisible_until_it_is_written_again()
    {
        await PutAsync(NewEntry("a", 1, "g"), NewEntry("b", 1, "g"));
        await Memento.TransactionAsync(async tx =>
        {
            Assert.True(await tx.DeleteAsync<Entry>("a"));
            Assert.False(await tx.DeleteAsync<Entry>("a"));
            await AssertViewAsync(tx, NewEntry("b", 1, "g"));

            await tx.WriteAsync(NewEntry("a", 1, "g"));
            await AssertViewAsync(tx, NewEntry("a", 1, "g"), NewEntry("b", 1, "g"));

            Assert.True(await tx.DeleteRecordAsync(NewEntry("a", 1, "g")));
            await AssertViewAsync(tx, NewEntry("b", 1, "g"));

            await tx.WriteAsync(NewEntry("fresh", 1, "g"));
            Assert.True(await tx.DeleteAsync<Entry>("fresh"));
            await AssertViewAsync(tx, NewEntry("b", 1, "g"));
        }).Within();
        await Memento.TransactionAsync(tx => AssertViewAsync(tx, NewEntry("b", 1, "g"))).Within();
    }

    [Fact]
    public async Task DeleteRecord_deletes_only_what_equals_in_every_property()
    {
        await PutAsync(NewEntry("a", 1, "g"));
        await Memento.TransactionAsync(async tx =>
        {
            Assert.False(await tx.DeleteRecordAsync(NewEntry("a", 2, "g")));
            Assert.False(await tx.DeleteRecordAsync(NewEntry("a", 1, null)));
            Assert.False(await tx.DeleteRecordAsync(NewEntry("b", 1, "g")));
            await tx.WriteAsync(NewEntry("a", 2, "g"));
            Assert.False(await tx.DeleteRecordAsync(NewEntry("a", 1, "g")));
            Assert.True(await tx.DeleteRecordAsync(NewEntry("a", 2, "g")));
            Assert.False(await tx.DeleteRecordAsync(NewEntry("a", 2, "g")));
        }).Within();
        Assert.Empty(await GetAllAsync<Entry>());
    }

    [Fact]
    public async Task A_bag_holds_the_exact_set_at_each_step()
    {
        Tag red = NewTag("rose", "red"), old = NewTag("rose", "old");
        Tag green = NewTag("rose", "green");
        await PutAsync(red, old, NewTag("oak", "green"));
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(green);
            await tx.WriteAsync(red);
            Assert.Equal([red, old, green], await tx.ReadAllAsync<Tag>("rose"));
            Assert.Equal(red, await tx.ReadAsync<Tag>("rose"));

            Assert.True(await tx.DeleteRecordAsync(red));
            Assert.False(await tx.DeleteRecordAsync(red));
            Assert.False(await tx.DeleteRecordAsync(red with { Weight = 7 }));
            Assert.Equal([old, green], await tx.ReadAllAsync<Tag>("rose"));
            Assert.Equal(old, await tx.ReadAsync<Tag>("rose"));
            Assert.Empty(await tx.MatchAsync<Tag>(new { Word = "red" }));
            Assert.Equal(3, await tx.CountAsync<Tag>());

            Assert.True(await tx.DeleteAsync<Tag>("rose"));
            Assert.False(await tx.DeleteAsync<Tag>("rose"));
            Assert.Empty(await tx.ReadAllAsync<Tag>("rose"));
            Assert.Null(await tx.ReadAsync<Tag>("rose"));
            Assert.Single(await tx.AllAsync<Tag>());

            await tx.WriteAsync(old);
            await tx.WriteAsync(red with { Weight = 2 });
            await tx.WriteAsync(red with { Weight = 3 });
            Assert.Equal(
                [old, red with { Weight = 2 }, red with { Weight = 3 }],
                await tx.ReadAllAsync<Tag>("rose"));
        }).Within();

        IReadOnlyList<Tag> left = await Memento.TransactionAsync(
            async tx => await tx.ReadAllAsync<Tag>("rose"));
        Assert.Equal([old, red with { Weight = 2 }, red with { Weight = 3 }], left);
        Assert.Equal(4, (await GetAllAsync<Tag>()).Count);
    }

    [Fact]
    public async Task A_bag_takes_back_what_an_aborted_transaction_did()
    {
        Tag red = NewTag("rose", "red"), old = NewTag("rose", "old");
        await PutAsync(red, old);
        await Memento.TryTransactionAsync(async tx =>
        {
            await tx.DeleteRecordAsync(red);
            await tx.WriteAsync(NewTag("rose", "new"));
            tx.Abort();
        }).Within();

        Assert.Equal(
            [red, old],
            await Memento.TransactionAsync(
                async tx => await tx.ReadAllAsync<Tag>("rose")).Within());
    }

    [Fact]
    public async Task An_ordered_set_gives_committed_and_own_records_in_key_order()
    {
        var hall = Guid.NewGuid();
        var other = Guid.NewGuid();
        await PutAsync(NewSeat(hall, 5), NewSeat(hall, -3), NewSeat(other, 1), NewSeat(hall, 400));
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewSeat(hall, 2, "g"));
            await tx.WriteAsync(NewSeat(hall, int.MinValue));
            await tx.WriteAsync(NewSeat(hall, 5, "g"));
            await tx.DeleteAsync<Seat>((hall, 400));
            Assert.Equal(
                [int.MinValue, -3, 2, 5],
                (await tx.AllAsync<Seat>()).Where(seat => seat.Hall == hall)
                    .Select(seat => seat.Number));
            Assert.Equal(
                [int.MinValue, -3, 2, 5],
                (await tx.SelectAsync<Seat>(seat => seat.Hall == hall))
                    .Select(seat => seat.Number));
            Assert.Equal(
                [2, 5],
                (await tx.MatchAsync<Seat>(new { Guest = "g" })).Select(seat => seat.Number));
            Assert.Equal(
                [int.MinValue, -3],
                (await tx.SelectAsync<Seat>(seat => seat.Hall == hall, limit: 2))
                    .Select(seat => seat.Number));
        }).Within();
    }

    [Fact]
    public async Task A_composite_key_is_a_tuple_of_any_integer_width()
    {
        var hall = Guid.NewGuid();
        await PutAsync(NewSeat(hall, 7, "guest"));
        await Memento.TransactionAsync(async tx =>
        {
            Assert.Equal("guest", (await tx.ReadAsync<Seat>((hall, 7)))!.Guest);
            Assert.Equal("guest", (await tx.ReadAsync<Seat>((hall, 7L)))!.Guest);
            Assert.Equal("guest", (await tx.ReadAsync<Seat>((hall, (byte)7)))!.Guest);
            Assert.Null(await tx.ReadAsync<Seat>((Guid.Empty, 7)));
            Assert.True(await tx.DeleteAsync<Seat>((hall, (short)7)));
            Assert.Null(await tx.ReadAsync<Seat>((hall, 7)));
        }).Within();
        Assert.Empty(await GetAllAsync<Seat>());
    }

    [Fact]
    public async Task A_limit_gives_so_many_records_of_those_that_satisfy()
    {
        await PutAsync([.. Enumerable.Range(0, 20).Select(i => NewEntry($"k{i}", i, "g"))]);
        await Memento.TransactionAsync(async tx =>
        {
            await tx.DeleteAsync<Entry>("k1");
            await tx.WriteAsync(NewEntry("own", 1, "g"));
            IReadOnlyList<Entry> some =
                await tx.SelectAsync<Entry>(entry => entry.Value < 15, limit: 4);
            Assert.Equal(4, some.Select(entry => entry.Name).Distinct().Count());
            Assert.All(some, entry => Assert.True(entry.Value < 15));
            Assert.Equal(
                15, (await tx.SelectAsync<Entry>(entry => entry.Value < 15, limit: 99)).Count);
            Assert.Single(await tx.SelectAsync<Entry>(entry => entry.Group == "g", limit: 1));
            foreach (int limit in (int[])[0, -1])
            {
                await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
                    async () => await tx.SelectAsync<Entry>(entry => true, limit));
            }
        }).Within();
    }

    [Fact]
    public async Task Match_takes_null_for_a_value_and_no_properties_for_all()
    {
        await PutAsync(NewEntry("a", 1), NewEntry("b", 1, "g"), NewEntry("c", 2));
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewEntry("d", 1));
            IReadOnlyList<Entry> found = await tx.MatchAsync<Entry>(
                new { Group = (string?)null, Value = 1L });
            Assert.Equal(["a", "d"], found.Select(entry => entry.Name).Order());
            Assert.Equal("b", Assert.Single(await tx.MatchAsync<Entry>(new { Name = "b" })).Name);
            Assert.Empty(await tx.MatchAsync<Entry>(new { Name = "b", Value = 2 }));
            Assert.Equal(4, (await tx.MatchAsync<Entry>(new { })).Count);
        }).Within();
    }

    [Fact]
    public async Task What_was_written_or_read_can_be_changed_without_changing_the_store()
    {
        var profile = new Profile { Id = Guid.NewGuid(), Name = "Ann", Friends = ["Bob"] };
        await Memento.TransactionAsync(async tx =>
        {
            Profile written = await tx.WriteAsync(profile);
            Spoil(profile);
            Spoil(written);
            await AssertUnspoiledAsync(tx, written.Id);
        }).Within();
        await Memento.TransactionAsync(async tx =>
        {
            Spoil((await tx.ReadAsync<Profile>(profile.Id))!);
            Spoil((await tx.ReadAllAsync<Profile>(profile.Id))[0]);
            Spoil((await tx.AllAsync<Profile>())[0]);
            Spoil((await tx.MatchAsync<Profile>(new { Name = "Ann" }))[0]);
            Spoil((await tx.SelectAsync<Profile>(each => each.Name == "Ann"))[0]);
            await AssertUnspoiledAsync(tx, profile.Id);
        }).Within();
        Spoil((await GetAsync<Profile>(profile.Id))!);
        await Memento.TransactionAsync(tx => AssertUnspoiledAsync(tx, profile.Id)).Within();
    }

    private static void Spoil(Profile profile)
    {
        profile.Name = "spoiled";
        profile.Friends.Add("spoiled");
    }

    private static async Task AssertUnspoiledAsync(ITransaction tx, Guid id)
    {
        Profile profile = (await tx.ReadAsync<Profile>(id))!;
        Assert.Equal("Ann", profile.Name);
        Assert.Equal(["Bob"], profile.Friends);
        Assert.Single(await tx.MatchAsync<Profile>(new { Name = "Ann" }));
        Assert.Empty(await tx.MatchAsync<Profile>(new { Name = "spoiled" }));
    }

    private static Tag NewTag(string subject, string word)
        => new() { Subject = subject, Word = word };

    private static Seat NewSeat(Guid hall, int number, string? guest = null)
        => new() { Hall = hall, Number = number, Guest = guest };

    /// <summary>Every way to look at the entries shows exactly the given ones.</summary>
    private static async Task AssertViewAsync(ITransaction tx, params Entry[] expected)
    {
        Assert.Equal(expected, (await tx.AllAsync<Entry>()).OrderBy(entry => entry.Name));
        Assert.Equal(expected.Length, await tx.CountAsync<Entry>());
        foreach (string name in (string[])["a", "b", "c", "fresh"])
        {
            Entry? entry = expected.SingleOrDefault(each => each.Name == name);
            Entry[] entries = entry is null ? [] : [entry];
            Assert.Equal(entry, await tx.ReadAsync<Entry>(name));
            Assert.Equal(entries, await tx.ReadAllAsync<Entry>(name));
            Assert.Equal(entries, await tx.MatchAsync<Entry>(new { Name = name }));
            Assert.Equal(entries, await tx.SelectAsync<Entry>(each => each.Name == name));
        }

        foreach (string? group in (string?[])["old", "new", "g", null])
        {
            IEnumerable<Entry> members = expected.Where(entry => entry.Group == group);
            Assert.Equal(members, InOrder(await tx.MatchAsync<Entry>(new { Group = group })));
            Assert.Equal(
                members, InOrder(await tx.SelectAsync<Entry>(entry => entry.Group == group)));
        }

        foreach (long value in (long[])[1, 2, 3, 4])
        {
            IEnumerable<Entry> equal = expected.Where(entry => entry.Value == value);
            Assert.Equal(equal, InOrder(await tx.MatchAsync<Entry>(new { Value = value })));
            Assert.Equal(
                expected.Where(entry => entry.Value >= value),
                InOrder(await tx.SelectAsync<Entry>(entry => entry.Value >= value)));
        }
    }

    private static IEnumerable<Entry> InOrder(IEnumerable<Entry> entries)
        => entries.OrderBy(static entry => entry.Name, StringComparer.Ordinal);
}
