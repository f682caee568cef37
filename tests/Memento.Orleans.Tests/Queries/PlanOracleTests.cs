using System.Collections.Concurrent;
using CsCheck;
using Memento.Queries.Evaluation;
using Memento.Queries.Orders;
using Memento.Queries.Plans;
using Memento.Tables;

namespace Memento.Tests.Queries;

/// <summary>
/// Random queries over random records: walks the plan's ranges over real entries, and compares with
/// a scan that is sorted by C#.
/// </summary>
public sealed class PlanOracleTests
{
    private const int Cases = 20_000;
    private const int MostFilms = 20;

    [Fact]
    public void A_plan_finds_every_record_once_and_in_order_where_it_says_so()
    {
        var ranks = new ConcurrentDictionary<PathRank, int>();
        var ordered =
            new ConcurrentDictionary<(PathRank Rank, bool HasPrefix, bool IsMerged), int>();
        Gen.Int.Sample(
            seed =>
            {
                QueryPlan plan = Check(seed);
                ranks[plan.Path.Rank] = seed;
                if (plan is { IsOrdered: true, Order.Parts.Count: > 0 })
                {
                    IReadOnlyList<byte[]> prefixes = plan.Path.Prefixes!;
                    ordered[(plan.Path.Rank, prefixes[0].Length > 0, prefixes.Count > 1)] = seed;
                }
            },
            iter: Cases);

        // Each of these is in some fifty cases or more: where one is in none, it was not tested.
        Assert.Equal(Enum.GetValues<PathRank>(), ranks.Keys.Order());
        Assert.Contains((PathRank.UniqueValues, false, false), ordered.Keys);
        Assert.Contains((PathRank.IndexValues, false, false), ordered.Keys);
        Assert.Contains((PathRank.IndexValues, true, false), ordered.Keys);
        Assert.Contains((PathRank.IndexValues, true, true), ordered.Keys);
        Assert.Contains((PathRank.IndexRange, false, false), ordered.Keys);
        Assert.Contains((PathRank.HalfIndexRange, false, false), ordered.Keys);
        Assert.Contains((PathRank.Everything, false, false), ordered.Keys);
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
            Assert.True(plan.Path.Prefixes is [{ Length: 0 }], text);
            return plan;
        }

        Assert.True(
            plan.Keys is not { } keys || found.All(film => keys.Contains(Films.Table.KeyOf(film))),
            text);
        if (!plan.IsOrdered) Sort(found, order);

        IReadOnlyList<Film> expected =
            Films.Sort(films.Where(matches), parts, order.IsDescending);
        Assert.True(expected.SequenceEqual(found), text);
        if (plan.IsOrdered)
        {
            Assert.All(way, each => Assert.Contains(
                plan.Path.Prefixes!,
                prefix => each.Place.AsSpan().SequenceEqual(
                    [.. prefix, .. order.Encode(each.Film, KeyOf(each.Film))])));
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

    /// <summary>
    /// The walk of a partition: the ranges of its map one after the other, or all backwards, and
    /// the ranges behind several prefixes side by side.
    /// </summary>
    private static List<(byte[] Place, Film Film)> Walk(QueryPlan plan, List<Film> films)
    {
        List<(byte[] Place, Film Film)> entries = [.. films.Select(film => (PlaceOf(film), film))];
        entries.Sort(static (one, other) => one.Place.AsSpan().SequenceCompareTo(other.Place));
        var way = (plan.Path.Prefixes ?? KeyRanges.NoPrefix)
            .SelectMany(prefix => plan.Ranges
                .Where(range => range.From.AsSpan().StartsWith(prefix))
                .SelectMany(range => entries.Where(entry => range.Contains(entry.Place)))
                .Select(entry => (Behind: entry.Place[prefix.Length..], Entry: entry)))
            .ToList();
        if (plan.Path.Prefixes is { Count: > 1 })
            way.Sort(static (one, other) => one.Behind.AsSpan().SequenceCompareTo(other.Behind));

        if (plan.Order is { IsDescending: true }) way.Reverse();

        return way.ConvertAll(static each => each.Entry);

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
