using System.Collections.Concurrent;
using CsCheck;
using Memento.Queries;
using Memento.Tables;

namespace Memento.Tests.Queries;

/// <summary>
/// Random queries over random records: walks the plan's ranges over real entries, and compares with a
/// scan that is sorted by C#.
/// </summary>
public sealed class PlanOracleTests
{
    private const int Cases = 20_000;
    private const int MostFilms = 20;

    [Fact]
    public void A_plan_finds_every_record_once_and_in_order_where_it_says_so()
    {
        var seen = new ConcurrentDictionary<(PathRank Rank, bool IsOrdered, bool HasPrefix), int>();
        Gen.Int.Sample(
            seed =>
            {
                if (Check(seed) is { Order.Parts.Count: > 0 } plan)
                    seen[(plan.Path.Rank, plan.IsOrdered, plan.Prefix.Length > 0)] = seed;
            },
            iter: Cases);

        // All kinds of ways, and those in an order that is not by key: else nothing was tested.
        Assert.Equal(
            Enum.GetValues<PathRank>(), seen.Keys.Select(each => each.Rank).Distinct().Order());
        Assert.Contains((PathRank.IndexValues, true, true), seen.Keys);
        Assert.Contains((PathRank.IndexRange, true, false), seen.Keys);
        Assert.Contains((PathRank.HalfIndexRange, true, false), seen.Keys);
        Assert.Contains((PathRank.Everything, true, false), seen.Keys);
        Assert.Contains((PathRank.Everything, false, false), seen.Keys);
    }

    private static QueryPlan Check(int seed)
    {
        var random = new Random(seed);
        List<Film> films = Films.Some(random, MostFilms);
        Guard guard = new RandomGuard(random).Next();
        OrderPart[] parts = RandomParts(random);
        RecordOrder? order = random.Next(6) == 0 ? null : RecordOrder.Compile(Films.Table, parts);
        Func<Film, bool> matches = GuardCompiler.Compile<Film>(Films.Table, guard);

        QueryPlan plan = QueryPlanner.Plan(
            Films.Table, guard, order, isLimited: random.Next(2) == 0);

        List<(byte[] Place, Film Film)> way = Walk(plan, films);
        string text = $"{guard} by {order}: {plan.DescribeWay()}";
        Assert.True(way.DistinctBy(each => each.Film).Count() == way.Count, text);
        List<Film> found = [.. way.Select(each => each.Film).Where(matches)];
        Assert.True(films.Where(matches).ToHashSet().SetEquals(found), text);
        if (order is null)
        {
            Assert.True(plan.IsOrdered && plan.Prefix.Length == 0, text);
            return plan;
        }

        Assert.True(
            plan.Keys is not { } keys || found.All(film => keys.Contains(Films.Table.KeyOf(film))),
            text);
        if (!plan.IsOrdered)
            Sort(found, order);

        IReadOnlyList<Film> expected =
            Films.Sort(films.Where(matches), parts, order.IsDescending);
        Assert.True(expected.SequenceEqual(found), text);
        if (plan.IsOrdered)
        {
            Assert.All(way, each => Assert.Equal(
                [.. plan.Prefix, .. order.Encode(each.Film, KeyOf(each.Film))], each.Place));
        }

        return plan;
    }

    /// <summary>Any parts, or the last of an index.</summary>
    private static OrderPart[] RandomParts(Random random)
    {
        bool isDescending = random.Next(2) == 0;
        if (random.Next(2) == 0)
        {
            IReadOnlyList<IndexDefinition> indexes = Films.Table.Indexes;
            IndexDefinition index = indexes[random.Next(indexes.Count)];
            return
            [
                .. index.Properties
                    .Skip(random.Next(index.Properties.Count))
                    .Select(property => new OrderPart(property.Name, isDescending)),
            ];
        }

        string[] paths = [.. Films.Paths.Keys];
        return
        [
            .. Enumerable.Range(0, random.Next(4)).Select(_ => new OrderPart(
                paths[random.Next(paths.Length)],
                random.Next(4) == 0 ? !isDescending : isDescending)),
        ];
    }

    /// <summary>What a partition does: its map's ranges one after the other, or all backwards.</summary>
    private static List<(byte[] Place, Film Film)> Walk(QueryPlan plan, List<Film> films)
    {
        List<(byte[] Place, Film Film)> entries = [.. films.Select(film => (PlaceOf(film), film))];
        entries.Sort(static (one, other) => one.Place.AsSpan().SequenceCompareTo(other.Place));
        List<(byte[] Place, Film Film)> way =
        [
            .. plan.Ranges.SelectMany(
                range => entries.Where(entry => range.Contains(entry.Place))),
        ];
        if (plan.Order is { IsDescending: true })
            way.Reverse();

        return way;

        byte[] PlaceOf(Film film)
            => plan.Index?.EncodeEntry(film, KeyOf(film)) ?? KeyOf(film);
    }

    private static void Sort(List<Film> films, RecordOrder order)
        => films.Sort((one, other) =>
        {
            int compared = order.Encode(one, KeyOf(one)).AsSpan()
                .SequenceCompareTo(order.Encode(other, KeyOf(other)));
            return order.IsDescending ? -compared : compared;
        });

    private static byte[] KeyOf(Film film) => Films.Table.KeyOf(film).Bytes;
}
