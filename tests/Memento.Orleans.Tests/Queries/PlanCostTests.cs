using CsCheck;
using Memento.Keys;
using Memento.Locks;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Queries.Evaluation;
using Memento.Queries.Orders;
using Memento.Queries.Plans;
using Memento.Tables;
using Memento.Transactions.Reading;

namespace Memento.Tests.Queries;

/// <summary>
/// Random queries of a partition of random films, along the ways of the plan and along each way
/// there is alone: all give the same, and the plan reads not many more than the best of them.
/// </summary>
public sealed class PlanCostTests
{
    private const int Cases = 600;
    private const int MostFilms = 400;

    [Fact]
    public void No_plan_reads_far_more_than_the_best_way()
    {
        int compared = 0;
        int chosen = 0;
        Gen.Int.Sample(
            seed =>
            {
                (int ways, long best) = Check(seed);
                if (ways > 1) Interlocked.Increment(ref compared);
                if (ways > 1 && best > WayChooser.Few) Interlocked.Increment(ref chosen);
            },
            iter: Cases,
            print: static seed => $"seed {seed}");

        // Where there are none of a kind, it was not tested.
        Assert.True(compared > Cases / 30, $"{compared} plans with several ways");
        Assert.True(chosen > 0, $"{chosen} plans whose best way is of many records");
    }

    [Fact]
    public void Parts_that_follow_each_other_give_everything_once_whatever_the_ways()
        => Gen.Int.Sample(CheckParts, iter: Cases / 3, print: static seed => $"seed {seed}");

    private static (int Ways, long Best) Check(int seed)
    {
        var scene = new Scene(seed, hasOwnWrites: false);
        QueryPlan plan = scene.Plan;
        if (plan.Keys is not null || plan.IsNothing) return default;

        Chunk taken = scene.Find(plan, after: null, way: null);
        long best = long.MaxValue;
        foreach (AccessPath way in scene.AllWays())
        {
            Chunk alone = scene.Find(plan.Along(way), after: null, way: null);
            best = Math.Min(best, alone.Read + way.Ranges.Count - 1);
            scene.AssertSame(alone, taken, $"{plan.Along(way).DescribeWay()} {scene}");
        }

        int inOrder = Math.Max(1, plan.Ways.Count(static way => way.IsOrdered));
        long most = (2 * inOrder * (best + 1)) + WayChooser.Few;
        Assert.True(taken.Read <= most, $"{taken.Read} read, {best} by the best way: {scene}");
        return (plan.Ways.Count, best);
    }

    private static void CheckParts(int seed)
    {
        var scene = new Scene(seed, hasOwnWrites: true);
        if (scene.Plan.Keys is not null || scene.Plan.IsNothing) return;

        List<object> found = [];
        Chunk? chunk = null;
        do
        {
            int? way = scene.Plan.Order is null ? chunk?.Way : null;
            chunk = scene.Find(scene.Plan, chunk?.Last, way);
            found.AddRange(chunk.Records);
        }
        while (chunk.Last is not null);

        scene.AssertAll(found);
    }

    /// <summary>A partition, and a query of it.</summary>
    private sealed class Scene
    {
        private readonly Partition _partition;
        private readonly List<Film> _films;
        private readonly OrderPart[] _parts;
        private readonly int? _limit;
        private readonly PartitionTransaction _transaction;

        public Scene(int seed, bool hasOwnWrites)
        {
            var random = new Random(seed);
            _films = SomeFilms(random);
            var content = new PartitionContent(Films.Table);
            foreach (Film film in _films)
                content.Load(KeySpace.Records, Stored(film));

            _partition = new Partition(Films.Table, 0, 0, content, TimeProvider.System);
            var header = new TransactionHeader(
                Guid.NewGuid(),
                new TransactionAge(1, Guid.NewGuid()),
                TimeProvider.System.GetTimestamp() + (60 * TimeProvider.System.TimestampFrequency));
            _transaction = _partition.Join(header);
            if (hasOwnWrites) WriteSome(random);

            _parts = SomeOrder(random);
            _limit = random.Next(4) == 0 ? null : 1 + random.Next(20);
            Plan = QueryPlanner.Plan(
                Films.Table,
                new RandomGuard(random).Next(),
                random.Next(6) == 0 ? null : RecordOrder.Compile(Films.Table, _parts),
                isLimited: _limit is not null);
        }

        public QueryPlan Plan { get; }

        /// <summary>
        /// Every way there is, whether the planner thinks it worth knowing or not.
        /// </summary>
        public IEnumerable<AccessPath> AllWays()
        {
            var finder = new AccessPathFinder(
                new GuardBinder(Films.Table), Plan.Guard.Root, Plan.Order);
            return Films.Table.Indexes.Select(finder.FindByIndex)
                .Append(finder.FindByKey(Films.Table))
                .OfType<AccessPath>();
        }

        public Chunk Find(QueryPlan plan, byte[]? after, int? way)
        {
            FindOperation operation =
                new PartitionRequest(Films.Table, plan).Ask(partition: 0, _limit, after, way);

            // On a busy machine a walk lets others in, and ends on another thread.
            return _partition.ExecuteAsync(
                _transaction, operation, savepoint: null, CancellationToken.None)
                .AsTask().GetAwaiter().GetResult();
        }

        /// <summary>Without an order and with a limit any of the results will do.</summary>
        public void AssertSame(Chunk one, Chunk other, string context)
        {
            Assert.True(one.Records.Count == other.Records.Count, context);
            if (Plan.Order is not null)
                Assert.True(one.Records.SequenceEqual(other.Records), context);
            else if (_limit is null)
                Assert.True(one.Records.ToHashSet().SetEquals(other.Records), context);
        }

        public void AssertAll(List<object> found)
        {
            Func<Film, bool> matches = GuardCompiler.Compile<Film>(Films.Table, Plan.Guard);
            IEnumerable<Film> expected = _films.Where(matches);
            if (Plan.Order is { } order)
                Assert.True(
                    Films.Sort(expected, _parts, order.IsDescending).SequenceEqual(found),
                    $"{this}");
            else
                Assert.True(
                    expected.Order(ByKey).SequenceEqual(found.Cast<Film>().Order(ByKey)),
                    $"{this}");
        }

        public override string ToString()
            => $"limit {_limit} of {_films.Count}, {Plan.Guard} by {Plan.Order}: "
                + string.Join(" | ", Plan.Ways.Select(way => Plan.Along(way).DescribeWay()));

        private static Comparer<Film> ByKey { get; } = Comparer<Film>.Create(
            static (one, other) => Films.Table.KeyOf(one).CompareTo(Films.Table.KeyOf(other)));

        private static StoredRecord Stored(Film film)
            => new(Films.Table.KeyOf(film).Bytes, film);

        /// <summary>
        /// Films, many of which are alike, so that some values are rare and some are not.
        /// </summary>
        private static List<Film> SomeFilms(Random random)
        {
            List<Film> kinds = Films.Some(random, 1 + random.Next(12));
            int count = random.Next(MostFilms);
            int common = random.Next(4);
            var titles = new HashSet<string>();
            return
            [
                .. Enumerable.Range(0, count).Select(shelf =>
                {
                    Film kind = kinds[random.Next(4) < common ? 0 : random.Next(kinds.Count)];
                    Film other = kinds[random.Next(kinds.Count)];
                    return kind with
                    {
                        Shelf = shelf,
                        Title = kind.Title is { } title && !titles.Add(title)
                            ? $"{title}{shelf}"
                            : kind.Title,
                        Year = other.Year,
                        Score = other.Score,
                    };
                }),
            ];
        }

        /// <summary>Replaces some, adds some and deletes some.</summary>
        private void WriteSome(Random random)
        {
            foreach (Film film in _films.ToArray())
            {
                if (random.Next(5) > 0) continue;

                Film other = _films[random.Next(_films.Count)];
                Film? next = random.Next(3) == 0
                    ? null
                    : film with { Director = other.Director, Year = other.Year };
                _films.Remove(film);
                if (next is not null) _films.Add(next);
                _transaction.Stage(
                    KeySpace.Records,
                    Films.Table.KeyOf(film),
                    next is null ? null : Stored(next),
                    document: null);
            }
        }

        private static OrderPart[] SomeOrder(Random random)
        {
            bool isDescending = random.Next(2) == 0;
            IndexDefinition index = Films.Table.Indexes[random.Next(Films.Table.Indexes.Count)];
            return random.Next(5) switch
            {
                0 => [new OrderPart("Shelf", isDescending)],
                1 => [new OrderPart("IsLent", isDescending), new OrderPart("Year", isDescending)],
                _ =>
                [
                    .. index.Properties.Skip(random.Next(index.Properties.Count))
                        .Select(property => new OrderPart(property.Name, isDescending)),
                ],
            };
        }
    }
}
