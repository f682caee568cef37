using CsCheck;
using Memento.Keys;
using Memento.Locks;
using Memento.Partitions;
using Memento.Tables;
using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Partitions;

/// <summary>
/// The reads and refused writes of nested bodies side by side, compared with a list of all writes
/// from which the writes of the other bodies are removed.
/// </summary>
public sealed class NestedViewTests
{
    private const int Cases = 400;
    private const int Steps = 200;

    private static readonly TableDefinition Table = TableDefinitionReader.Read(typeof(Entry));

    private static readonly Key[] AllKeys =
        [.. Enumerable.Range(0, 10).Select(static key => Table.KeyOf(EntryOf(key)))];

    [Fact]
    public void A_body_sees_and_may_write_over_all_but_what_bodies_beside_it_wrote()
    {
        int refused = 0, hidden = 0;
        Gen.Int.Sample(
            seed =>
            {
                var scene = new Scene(seed);
                scene.Run();
                refused += scene.Refused;
                hidden += scene.Hidden;
            },
            iter: Cases,
            threads: 1,
            print: static seed => $"seed {seed}");

        Assert.True(refused > Cases, $"{refused} writes refused");
        Assert.True(hidden > Cases, $"{hidden} reads of a record that a body beside had written");
    }

    private static Entry EntryOf(int key) => new() { Name = $"{key}" };

    private sealed class Scene
    {
        private readonly Random _random;
        private readonly Savepoints _savepoints = new(origin: 0);
        private readonly Dictionary<Key, StoredRecord> _committed = [];
        private readonly PartitionTransaction _transaction;
        private readonly List<Savepoint?> _running = [null];
        private readonly List<(Key Key, StoredRecord? Record, Savepoint? By)> _model = [];

        public Scene(int seed)
        {
            _random = new Random(seed);
            var store = new PartitionContent(Table);
            foreach (Key key in AllKeys)
            {
                if (_random.Next(2) == 0) continue;

                _committed.Add(key, NewRecord(key));
                store.Load(KeySpace.Records, _committed[key]);
            }

            _transaction = new Partition(Table, 0, 0, store, TimeProvider.System).Join(
                new TransactionHeader(
                    Guid.NewGuid(), new TransactionAge(1, Guid.NewGuid()), long.MaxValue)
                {
                    Savepoints = _savepoints,
                });
        }

        public int Refused { get; private set; }

        public int Hidden { get; private set; }

        public void Run()
        {
            for (int step = 0; step < Steps; step++)
            {
                Savepoint? body = _running[_random.Next(_running.Count)];
                int choice = _random.Next(20);
                if (choice <= 1 && _running.Count < 12)
                    _running.Add(_savepoints.BeginBody(body));
                else if (choice <= 3 && body is not null)
                    End(body, isKept: choice == 2);
                else if (choice <= 10)
                    Write(body);
                else
                    Read(body);
            }
        }

        private void End(Savepoint body, bool isKept)
        {
            // The bodies inside it end before it: the body that began last has none.
            long id = body.Id;
            body = _running.FindLast(each => each?.IsUnder(id) == true)!;
            if (!isKept)
            {
                _savepoints.GiveUp(body.Id);
                _transaction.Staged.Rollback(body.Id);
                _model.RemoveAll(each => each.By?.IsUnder(body.Id) == true);
            }

            _running.Remove(body);
            _savepoints.End(body);
        }

        private void Write(Savepoint? body)
        {
            Key key = AnyKey();
            Savepoint? by = _random.Next(3) == 0 ? _savepoints.BeginSteps(body) : body;
            _transaction.Begin(by);
            if (_model.Exists(each => each.Key == key && IsBeside(body, each.By)))
            {
                Assert.Throws<MementoException>(
                    () => _transaction.RequireAlone(KeySpace.Records, key));
                Refused++;
                return;
            }

            _transaction.RequireAlone(KeySpace.Records, key);
            StoredRecord? record = _random.Next(4) == 0 ? null : NewRecord(key);
            _transaction.Stage(KeySpace.Records, key, record, document: null);
            _model.Add((key, record, by));
        }

        private void Read(Savepoint? body)
        {
            _transaction.Begin(body);
            Dictionary<Key, StoredRecord> expected = new(_committed);
            foreach ((Key written, StoredRecord? record, Savepoint? by) in _model)
            {
                if (IsBeside(body, by)) continue;

                expected.Remove(written);
                if (record is not null) expected.Add(written, record);
            }

            Key key = AnyKey();
            if (_model.Exists(each => each.Key == key && IsBeside(body, each.By))) Hidden++;
            Assert.Same(expected.GetValueOrDefault(key), _transaction.Find(KeySpace.Records, key));
            if (_random.Next(2) == 0) return;

            var walk = new RecordWalk(
                _transaction, KeySpace.Records, [], to: null, isBackward: false);
            List<StoredRecord> walked = [];
            while (walk.MoveNext())
                walked.Add(walk.Record);
            Assert.True(
                expected.Values.OrderBy(static each => ((Entry)each.Record).Name)
                    .SequenceEqual(walked),
                "the records of a walk, in their order");
        }

        /// <summary>Whether a write is of a running body that is not around another.</summary>
        private bool IsBeside(Savepoint? body, Savepoint? by)
            => by is not null && _running.Exists(each =>
                each is not null && by.IsUnder(each.Id) && body?.IsUnder(each.Id) != true);

        private Key AnyKey() => AllKeys[_random.Next(AllKeys.Length)];

        private static StoredRecord NewRecord(Key key)
            => new(key.Bytes, EntryOf(Array.IndexOf(AllKeys, key)));
    }
}
