using System.Linq.Expressions;
using Memento.Partitions.Operations;
using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    private static readonly Guid[] Halls =
        [.. Enumerable.Range(1, 3).Select(static number => new Guid(number, 0, 0, new byte[8]))];

    /// <summary>Each by another way: keys, ranges of keys, ranges and lists of an index.</summary>
    private static readonly Expression<Func<Seat, bool>>[] SeatQueries =
    [
        seat => seat.Hall == Halls[0] && seat.Number == 3,
        seat => seat.Hall == Halls[1],
        seat => seat.Hall == Halls[2] && seat.Number >= 2 && seat.Number < 5,
        seat => Halls.Contains(seat.Hall) && new[] { 5, 1, 1 }.Contains(seat.Number),
        seat => Halls.Contains(seat.Hall) && Enumerable.Range(0, 9).Contains(seat.Number),
        seat => seat.Guest!.StartsWith('a'),
        seat => string.CompareOrdinal(seat.Guest, "ab") > 0,
        seat => new[] { "c", "a", "ab" }.Contains(seat.Guest) && seat.Number > 1,
        seat => seat.Guest == "a" || seat.Guest == "b" && seat.Number % 2 == 0,
        seat => string.CompareOrdinal(seat.Guest, "b") < 0,
    ];

    [Fact]
    public async Task Ranges_and_lists_give_what_a_scan_gives_in_key_order_with_own_writes()
    {
        const int Seed = 20_262;
        var model = new Dictionary<(Guid, int), Seat>();
        for (int round = 0; round < 25; round++)
        {
            // The body may run again.
            model = await Memento.TransactionAsync(async tx =>
            {
                var random = new Random(Seed + round);
                var changed = new Dictionary<(Guid, int), Seat>(model);
                for (int write = random.Next(10); write >= 0; write--)
                    await ChangeAsync(tx, random, changed);

                await AssertSeatsAsync(tx, changed, $"seed {Seed}, round {round}, inside");
                return changed;
            }).Within();
            await Memento.TransactionAsync(
                tx => AssertSeatsAsync(tx, model, $"seed {Seed}, round {round}, after")).Within();
        }
    }

    [Fact]
    public async Task The_first_ones_of_a_rare_range_are_read_from_its_index()
    {
        await PutAsync([.. Enumerable.Range(0, 300).Select(number =>
            NewSeat(number) with { Guest = number % 60 == 0 ? "z" : "a" })]);
        await Memento.TransactionAsync(async tx =>
        {
            ITableQuery<Seat> first = tx.Query<Seat>()
                .Where(static seat => string.CompareOrdinal(seat.Guest, "m") > 0)
                .Take(2);
            Assert.Equal([0, 60], (await first.ToListAsync()).Select(static seat => seat.Number));
            Assert.Equal(5, (await first.ExplainAsync()).Read);
        }).Within();
    }

    [Fact]
    public async Task The_first_ones_of_a_long_range_are_read_by_key()
    {
        // Of each partition far more than it reads without looking for a better way.
        await PutAsync([.. Enumerable.Range(0, 64 * WayChooser.Few).Select(number =>
            NewSeat(number) with { Guest = "z" })]);
        await Memento.TransactionAsync(async tx =>
        {
            ITableQuery<Seat> query = tx.Query<Seat>()
                .Where(static seat => string.CompareOrdinal(seat.Guest, "m") > 0);
            Assert.Equal(
                [0, 1, 2], (await query.Take(3).ToListAsync()).Select(static seat => seat.Number));
            Assert.InRange((await query.Take(3).ExplainAsync()).Read, 3, 30);

            Page<Seat> page = await query.ToPageAsync(5);
            Page<Seat> next = await query.ToPageAsync(5, page.Next);
            Assert.Equal([5, 6, 7, 8, 9], next.Items.Select(static seat => seat.Number));
        }).Within();
    }

    [Fact]
    public async Task A_query_that_nothing_can_satisfy_is_empty_however_it_is_asked()
    {
        await PutAsync(NewSeat(1));
        await Memento.TransactionAsync(async tx =>
        {
            ITableQuery<Seat> none = tx.Query<Seat>()
                .Where(static seat => seat.Hall == Halls[0] && seat.Number > 5 && seat.Number < 3);
            Assert.Empty(await none.ToListAsync());
            Assert.Empty(await none.Take(2).ToListAsync());
            Assert.Empty(await none.OrderBy(static seat => seat.Guest).Take(2).ToListAsync());
            Assert.Null(await none.FirstOrDefaultAsync());
            Assert.Null(await none.MaxAsync(static seat => seat.Guest));
            Assert.Equal((0, false), (await none.CountAsync(), await none.AnyAsync()));
            Page<Seat> page = await none.ToPageAsync(2);
            Assert.Empty(page.Items);
            Assert.Null(page.Next);
            Assert.Equal(0, (await none.Take(2).ExplainAsync()).Partitions);
            await foreach (Seat seat in none.Take(2).AsAsyncEnumerable())
                Assert.Fail($"{seat} satisfies nothing.");
        }).Within();
    }

    [Fact]
    public async Task A_bag_is_found_by_a_range_of_its_keys_and_of_an_index()
    {
        Tag[] tags =
        [
            new() { Subject = "a", Word = "x", Weight = 1 },
            new() { Subject = "a", Word = "x", Weight = 2 },
            new() { Subject = "ab", Word = "y", Weight = 3 },
            new() { Subject = "b", Word = "z", Weight = 4 },
        ];
        await PutAsync(tags[..^1]);
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(tags[^1]);
            await AssertWeightsAsync(tx, tag => tag.Subject.StartsWith('a'), 1, 2, 3);
            await AssertWeightsAsync(tx, tag => tag.Subject == "a" || tag.Subject == "b", 1, 2, 4);
            await AssertWeightsAsync(tx, tag => string.CompareOrdinal(tag.Word, "x") > 0, 3, 4);
            await AssertWeightsAsync(tx, tag => new[] { "z", "x" }.Contains(tag.Word), 1, 2, 4);
        }).Within();
    }

    private static async Task ChangeAsync(
        ITransaction tx, Random random, Dictionary<(Guid, int), Seat> model)
    {
        string?[] guests = [null, "", "a", "ab", "abc", "b", "c"];
        var seat = new Seat
        {
            Hall = Halls[random.Next(Halls.Length)],
            Number = random.Next(8),
            Guest = guests[random.Next(guests.Length)],
        };
        (Guid, int) key = (seat.Hall, seat.Number);
        if (random.Next(4) == 0)
        {
            Assert.Equal(model.Remove(key), await tx.DeleteAsync<Seat>(key));
            return;
        }

        model[key] = await tx.WriteAsync(seat);
    }

    private static async Task AssertSeatsAsync(
        ITransaction tx, Dictionary<(Guid, int), Seat> model, string context)
    {
        foreach (Expression<Func<Seat, bool>> query in SeatQueries)
        {
            Func<Seat, bool> matches = query.Compile();
            Seat[] expected =
            [
                .. model.Values.Where(seat => seat.Guest is not null || !UsesPrefix(query))
                    .Where(matches).OrderBy(seat => seat.Hall).ThenBy(seat => seat.Number),
            ];
            IReadOnlyList<Seat> found = await tx.SelectAsync(query);
            Assert.True(expected.SequenceEqual(found), $"{context}: {query}");
            IReadOnlyList<Seat> first = await tx.SelectAsync(query, limit: 2);
            Assert.True(expected.Take(2).SequenceEqual(first), $"{context}: 2 of {query}");
        }
    }

    /// <summary>Whether C# would throw where there is no guest.</summary>
    private static bool UsesPrefix(Expression<Func<Seat, bool>> query)
        => query.ToString().Contains(nameof(string.StartsWith), StringComparison.Ordinal);

    private static async Task AssertWeightsAsync(
        ITransaction tx, Expression<Func<Tag, bool>> query, params int[] weights)
    {
        IReadOnlyList<Tag> found = await tx.SelectAsync(query);
        Assert.Equal(weights, found.Select(static tag => tag.Weight).Order());
    }
}
