using CsCheck;
using Memento.Keys;
using Memento.Locks;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Queries.Plans;
using Memento.Tables;

namespace Memento.Tests.Partitions;

/// <summary>
/// Walks that merge several ranges and pause, while others write what the locks of the walk let
/// them write. The locks and the writers are those of the store.
/// </summary>
public sealed class PausingWalkTests
{
    private const int Ids = 6_000;

    private static readonly TableDefinition Table = TableDefinitionReader.Read(typeof(StoredThing));
    private static readonly IndexDefinition ByColour = Table.Indexes[0];
    private static readonly string[] Colours = ["blue", "green", "grey", "red", "yellow"];

    [Fact]
    public void A_merge_with_pauses_gives_what_is_there_at_its_end()
        => Gen.Int.Sample(
            static seed => new Run(new Random(seed)).Walk(),
            iter: 60,
            threads: 1,
            print: static seed => $"seed {seed}");

    private static StoredThing Thing(int id, string colour)
        => new() { Id = id, Colour = colour, Size = id % 7 };

    private static byte[] KeyOf(int id) => Table.KeyOf(Thing(id, "")).Bytes;

    private sealed class Run
    {
        private readonly Random _random;
        private readonly Partition _partition;
        private readonly PartitionTransaction _walking;
        private readonly LockManager _manager = new();
        private readonly List<LockRequest> _resumed = [];
        private readonly string[] _colours;
        private readonly List<(int From, int To)> _spans = [];
        private readonly bool _isBackward;
        private readonly int? _limit;
        private readonly int? _after;

        // What there is, and what the transaction of the walk has written itself.
        private readonly SortedDictionary<int, StoredThing> _committed = [];
        private readonly Dictionary<int, StoredThing?> _own = [];

        public Run(Random random)
        {
            _random = random;
            _isBackward = random.Next(2) == 0;
            _limit = random.Next(2) == 0 ? null : random.Next(1_500, 3_000);
            _colours = [.. Colours.Where(_ => random.Next(4) > 0)];
            if (_colours.Length < 2) _colours = ["blue", "red"];

            // With gaps, in which there is room for records that the walk must not find. If there
            // are many, the walk locks the partition in the end.
            int longest = random.Next(4) == 0 ? 200 : 4_000;
            for (int from = random.Next(300); from < Ids; from += random.Next(1, 300))
            {
                int to = from + random.Next(1, longest);
                _spans.Add((from, to));
                from = to;
            }

            if (random.Next(3) == 0) _after = random.Next(Ids / 3, 2 * Ids / 3);
            for (int id = 0; id < Ids; id++)
            {
                if (random.Next(5) > 0) _committed.Add(id, Thing(id, AnyColour()));
            }

            var content = new PartitionContent(Table);
            foreach (StoredThing thing in _committed.Values)
                content.Load(KeySpace.Records, new StoredRecord(KeyOf(thing.Id), thing));
            _partition = new Partition(Table, number: 0, epoch: 0, content, TimeProvider.System);
            _walking = Join(started: 1);
        }

        public void Walk()
        {
            for (int own = _random.Next(3) * 100; own > 0; own--)
            {
                int id = _random.Next(Ids);
                StoredThing? thing = AnyThing(id);
                Assert.True(TryWrite(_walking, id, thing));
                _own[id] = thing;
            }

            WalkOperation walk = Operation();
            walk.Prepare(Table);
            object? progress = null;
            int turns = 0;
            while (true)
            {
                turns++;
                var locks = new LockTaker(_manager, _walking, _resumed) { Progress = progress };
                _walking.Begin(savepoint: null);
                if (walk.TryApply(_walking, ref locks, out Chunk chunk))
                {
                    Assert.Equal(Expected(), chunk.Records.Cast<StoredThing>());
                    break;
                }

                progress = locks.Paused;
                Assert.NotNull(progress);
                for (int change = 0; change < 150; change++)
                    _ = TryChange();
            }

            Assert.True(turns > 1 || Expected().Count < GateTurn.MostSteps, $"{turns} turns");

            // What was found stays as it is to the end of the transaction.
            List<StoredThing> found = Expected();
            for (int change = 0; change < 300; change++)
            {
                if (TryChange()) Assert.Equal(found, Expected());
            }

            _manager.Release(_walking, _resumed);
            Assert.True(_manager.IsIdle);
        }

        /// <summary>What one walk without a pause would find now.</summary>
        private List<StoredThing> Expected()
        {
            var seen = new SortedDictionary<int, StoredThing>(_committed);
            foreach ((int id, StoredThing? thing) in _own)
            {
                if (thing is null)
                    seen.Remove(id);
                else
                    seen[id] = thing;
            }

            IEnumerable<StoredThing> all = seen.Values.Where(each =>
                _colours.Contains(each.Colour)
                && _spans.Exists(span => each.Id >= span.From && each.Id < span.To));
            if (_isBackward) all = all.Reverse();
            if (_after is { } after)
                all = all.Where(each => _isBackward ? each.Id < after : each.Id > after);
            return [.. all.Take(_limit ?? int.MaxValue)];
        }

        private WalkOperation Operation()
        {
            byte[][] prefixes =
                [.. _colours.Select(static each => ByColour.EncodeEntry(Thing(0, each), []))];
            KeyRange[] ranges =
            [
                .. prefixes.SelectMany(prefix => _spans.Select(span => new KeyRange(
                    [.. prefix, .. KeyOf(span.From)],
                    [.. prefix, .. KeyOf(span.To)],
                    IsPoint: false))),
            ];
            return new WalkOperation(
                new FindTerms
                {
                    IsBackward = _isBackward,
                    IsLimited = true,
                    Order = ChunkOrder.OfWalk,
                },
                _limit,
                _after is { } after ? KeyOf(after) : null,
                [new WalkWay(0, ByColour.Reference, ranges, prefixes)],
                writes: false);
        }

        /// <summary>Changes a record in a transaction of its own, if its locks are free.</summary>
        private bool TryChange()
        {
            int id = _random.Next(Ids);
            StoredThing? thing = AnyThing(id);
            PartitionTransaction writing = Join(started: 2);
            bool isWritten = TryWrite(writing, id, thing);
            if (isWritten)
            {
                foreach (StagedWrite write in writing.Staged.Effective)
                {
                    writing.Content.Replace(
                        write.Space, write.Key.Bytes, write.Record, position: 0);
                }

                if (thing is null)
                    _committed.Remove(id);
                else
                    _committed[id] = thing;
            }

            _manager.Release(writing, _resumed);
            _partition.Abort(writing);
            return isWritten;
        }

        private bool TryWrite(PartitionTransaction writing, int id, StoredThing? thing)
        {
            var key = new Key(KeyOf(id));
            ulong stamp = writing.Content.Indexes.Stamp;
            Operation<bool> write = thing is null
                ? new DeleteOperation(key, stamp)
                : new WriteOperation(key, thing, stamp, onlyIfAbsent: false);
            write.Prepare(Table);
            var locks = new LockTaker(_manager, writing, _resumed);
            writing.Begin(savepoint: null);
            return write.TryApply(writing, ref locks, out _);
        }

        private StoredThing? AnyThing(int id)
            => _random.Next(3) == 0 ? null : Thing(id, AnyColour());

        private string AnyColour() => Colours[_random.Next(Colours.Length)];

        private PartitionTransaction Join(long started)
            => _partition.Join(new TransactionHeader(
                Guid.NewGuid(), new TransactionAge(started, Guid.NewGuid()), Deadline: 0));
    }
}
