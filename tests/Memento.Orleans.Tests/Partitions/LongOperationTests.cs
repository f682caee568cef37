using Memento.Keys;
using Memento.Locks;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Queries.Plans;
using Memento.Tables;
using Memento.Tests.Conformance;
using Microsoft.Extensions.Time.Testing;

namespace Memento.Tests.Partitions;

/// <summary>
/// Operations that take long in a partition, and keep nobody waiting who needs no lock of theirs.
/// </summary>
public sealed class LongOperationTests
{
    private const int Many = 5_000;

    private static readonly TableDefinition Table = TableDefinitionReader.Read(typeof(StoredThing));
    private static readonly TableDefinition Bag =
        TableDefinitionReader.Read(typeof(StoredThing), new TableOptions { Type = TableType.Bag });

    [Fact]
    public async Task Who_adds_an_index_keeps_no_reader_waiting()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        using var hold = new Hold(cancellationToken);
        TableDefinition table = TableDefinitionReader.Read(typeof(HeldThing));
        HeldThing[] things =
            [.. Enumerable.Range(0, Many).Select(id => new HeldThing { Id = id, Text = $"{id}" })];
        Partition partition = PartitionOf(table, things);
        foreach (HeldThing thing in things)
            thing.Hold = hold;
        PartitionTransaction adding = Join(partition, started: 1);
        Task<byte[][]> index = Task.Run(
            () => partition.ExecuteAsync(
                adding,
                new AddIndexOperation(new IndexInfo(["Text"], unique: true)),
                savepoint: null,
                cancellationToken).AsTask(),
            cancellationToken);
        await hold.Begun.Within();

        Assert.Same(things[3], await ReadAsync(partition, table.KeyOf(things[3])));
        Assert.False(index.IsCompleted);
        hold.Release();
        byte[][] values = await index.Within();
        Assert.Equal(
            things.Select(table.KeyOf), values.Where((_, i) => i % 2 == 1).Select(ToKey));

        IndexDefinition added = Assert.Single(adding.Content.Indexes.All);
        Assert.Equal(
            things.OrderBy(static each => each.Text, StringComparer.Ordinal),
            OrderedMapTests.Read(adding.Content[added.Entries].Range(null, null))
                .Select(static each => (HeldThing)each.Value.Record));
        Assert.All(things, thing => Assert.Equal(
            added.EncodeEntry(thing, table.KeyOf(thing).Bytes),
            adding.Content.Find(KeySpace.Records, table.KeyOf(thing).Bytes)!
                .Entries![added.Ordinal + 1]));
    }

    /// <summary>A failed batch is taken back whatever is locked.</summary>
    [Fact]
    public void An_index_has_what_a_commit_left_that_was_taken_back_while_it_was_added()
    {
        IndexDefinition colour = Table.Indexes[0];
        var run = new Turns(Join(PartitionOf(Table, Things(0, Many)), started: 1));
        PartitionContent content = run.Transaction.Content;
        content.RemoveIndex(colour);
        var random = new Random(5);
        int turn = 0;
        run.GoOn(new AddIndexOperation(colour.Info), () =>
        {
            // Only the records of the first turns change: the fill has to come to an end.
            if (++turn > 4) return;
            for (int change = 0; change < 20; change++)
            {
                StoredThing thing = Thing(random.Next(2 * Many)) with { Colour = $"{turn}" };
                byte[] key = Table.KeyOf(thing).Bytes;
                content.Replace(
                    KeySpace.Records,
                    key,
                    random.Next(2) == 0 ? null : content.Make(key, thing),
                    position: 0);
            }
        });

        Assert.Equal(
            OrderedMapTests.Read(content.Records.Range(null, null))
                .Select(static each => (StoredThing)each.Value.Record)
                .OrderBy(static each => each.Colour, StringComparer.Ordinal)
                .ThenBy(static each => each.Id),
            OrderedMapTests.Read(content[colour.Entries].Range(null, null))
                .Select(static each => (StoredThing)each.Value.Record));
        Assert.True(turn > 4);
    }

    [Fact]
    public void A_read_of_many_keys_lets_others_in()
    {
        foreach (bool isBackward in (bool[])[false, true])
        {
            var run = new Turns(Join(PartitionOf(Table, Things(0, Many)), started: 1));
            byte[][] keys = [.. Things(500, 2 * Many).Select(static each => KeyOf(each.Id))];
            var terms = new FindTerms { IsBackward = isBackward, Order = ChunkOrder.OfWalk };
            Chunk chunk = run.GoOn(
                new ReadKeysOperation(terms, limit: null, after: null, keys),
                () => Assert.True(run.IsLocked(KeyOf(isBackward ? (2 * Many) - 1 : 500))));

            IEnumerable<StoredThing> expected = Things(500, Many);
            Assert.Equal(isBackward ? expected.Reverse() : expected, chunk.Records);
            Assert.Equal(keys.Length, chunk.Locked);
            Assert.Equal(Many - 500, chunk.Read);
            Assert.True(run.Count > (2 * Many) / GateTurn.MostSteps, $"{run.Count} turns");

            // With a limit, it locks no key behind the last one that it wanted.
            run = new Turns(Join(PartitionOf(Table, Things(0, Many)), started: 1));
            chunk = run.GoOn(new ReadKeysOperation(terms, 2_000, after: null, keys));
            Assert.Equal(2_000, chunk.Records.Count);
            Assert.Equal(isBackward ? 2_000 + Many : 2_000, chunk.Locked);
            Assert.NotNull(chunk.Last);
        }
    }

    [Fact]
    public void A_walk_whose_steps_take_long_lets_others_in_after_200_microseconds()
    {
        // It looks at the clock after each 16 steps, from the first 16 on.
        foreach ((int microseconds, int steps) in (ReadOnlySpan<(int, int)>)
            [(0, GateTurn.MostSteps), (2, 128), (12, 48), (13, 32), (300, 32)])
        {
            var time = new FakeTimeProvider();
            var run = new Turns(Join(PartitionOf(Table, Things(0, Many), time), started: 1));
            var terms = new FindTerms
            {
                Order = ChunkOrder.OfWalk,
                Filter = _ =>
                {
                    time.Advance(TimeSpan.FromMicroseconds(microseconds));
                    return true;
                },
            };
            Chunk chunk = run.GoOn(new WalkOperation(
                terms,
                limit: null,
                after: null,
                [new WalkWay(0, Index: null, Ranges: null, Prefixes: [[]])],
                writes: false));

            Assert.Equal(Many, chunk.Records.Count);

            // In the last turn it finds the end.
            Assert.Equal((Many / steps) + 1, run.Count);
        }
    }

    [Fact]
    public void A_read_of_a_key_with_very_many_records_in_a_bag_lets_others_in()
    {
        StoredThing[] ofOne =
            [.. Enumerable.Range(0, Many).Select(size => Thing(7) with { Size = size })];
        Partition partition = PartitionOf(Bag, [Thing(6), .. ofOne, Thing(8)]);
        PartitionTransaction reading = Join(partition, started: 1);

        // Of its own: one record is gone, and one is new.
        Apply(reading, new DeleteRecordOperation(new Key(KeyOf(7)), ofOne[9], Stamp(reading)));
        Apply(reading, new WriteOperation(
            new Key(KeyOf(7)), Thing(7) with { Size = -1 }, Stamp(reading), onlyIfAbsent: false));
        StoredThing[] expected =
            [.. ofOne.Where(static each => each.Size != 9), Thing(7) with { Size = -1 }];

        var run = new Turns(reading);
        Assert.Equal(
            expected, run.GoOn(new ReadAllOperation(new Key(KeyOf(7)), writes: false)));
        Assert.True(run.Count > Many / GateTurn.MostSteps, $"{run.Count} turns");

        foreach (bool isBackward in (bool[])[false, true])
        {
            run = new Turns(reading);
            var terms = new FindTerms
            {
                IsBackward = isBackward,
                Order = ChunkOrder.OfWalk,
                Filter = static each => ((StoredThing)each).Size % 3 == 0,
            };
            Chunk chunk = run.GoOn(
                new ReadKeysOperation(terms, limit: null, after: null, [KeyOf(7), KeyOf(8)]));
            IEnumerable<StoredThing> some = expected.Where(static each => each.Size % 3 == 0);
            Assert.Equal(isBackward ? some.Reverse() : some, chunk.Records);
            Assert.Equal(expected.Length + 1, chunk.Read);
            Assert.True(run.Count > 2 * Many / GateTurn.MostSteps, $"{run.Count} turns");
        }

        // The first record is found without a look at the others.
        run = new Turns(reading);
        Assert.Equal(ofOne[0], run.GoOn(new ReadOperation(new Key(KeyOf(7)), writes: false)));
        Assert.Equal(1, run.Count);
    }

    [Fact]
    public void A_count_with_very_many_own_writes_lets_others_in()
    {
        PartitionTransaction counting = Join(PartitionOf(Table, Things(0, Many)), started: 1);

        // A third of the records is deleted, a third is replaced, and as many as both are new.
        for (int id = 0; id < 2 * Many / 3; id++)
            Stage(counting, id, isThere: id % 2 == 0);
        for (int id = Many; id < Many + (2 * Many / 3); id++)
            Stage(counting, id, isThere: true);
        for (int id = Many; id < Many + 10; id++)
            Stage(counting, id, isThere: false);

        const int deleted = Many / 3, added = (2 * Many / 3) - 10;
        var run = new Turns(counting);
        Assert.Equal(Many - deleted + added, run.GoOn(new CountOperation()));
        Assert.True(run.Count > Many / GateTurn.MostSteps, $"{run.Count} turns");

        // A nested body beside is undone while the count has paused.
        run = new Turns(counting);
        Savepoint nested = new Savepoints(origin: 1).Find([1])!;
        counting.Begin(nested);
        counting.Stage(KeySpace.Records, new Key(KeyOf(Many - 1)), record: null, document: null);
        Assert.Equal(
            Many - deleted + added,
            run.GoOn(new CountOperation(), () => counting.Staged.Rollback(nested.Id)));
    }

    [Fact]
    public async Task Who_chooses_among_long_ways_keeps_no_reader_waiting()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        using var hold = new Hold(cancellationToken);
        Partition partition = PartitionOf(Table, Things(0, 2 * Many));
        PartitionTransaction walking = Join(partition, started: 1);
        int looked = 0;

        // Nothing is found by the keys before as many records as the way by size has, at last.
        var terms = new FindTerms
        {
            IsLimited = true,
            Order = ChunkOrder.OfWalk,
            Filter = thing =>
            {
                if (++looked == GateTurn.MostSteps + 500) hold.Wait();
                return ((StoredThing)thing).Size == 3 && ((StoredThing)thing).Id > Many;
            },
        };
        IndexDefinition bySize = Table.Indexes[1];
        byte[] three = bySize.EncodeEntry(Thing(3), []);
        Task<Chunk> walk = Task.Run(
            () => partition.ExecuteAsync(
                walking,
                new WalkOperation(
                    terms,
                    limit: 100,
                    after: null,
                    [
                        new WalkWay(0, Index: null, Ranges: null, Prefixes: [[]]),
                        new WalkWay(
                            1, bySize.Reference, [KeyRange.Point(three)], Prefixes: [three]),
                    ],
                    writes: false),
                savepoint: null,
                cancellationToken).AsTask(),
            cancellationToken);
        await hold.Begun.Within();

        Assert.Equal(Thing(4), await ReadAsync(partition, new Key(KeyOf(4))));
        Assert.False(walk.IsCompleted);
        hold.Release();
        Chunk chunk = await walk.Within();
        Assert.Equal(
            Things(Many + 1, 2 * Many).Where(static each => each.Size == 3).Take(100),
            chunk.Records);
        Assert.Equal(1, chunk.Way);
        Assert.False(chunk.LocksPartition);

        // The way that was left is not locked.
        PartitionTransaction writing = Join(partition, started: 2);
        Assert.True(await partition.ExecuteAsync(
            writing,
            new WriteOperation(
                new Key(KeyOf(4)),
                Thing(4) with { Colour = "blue" },
                Stamp(writing),
                onlyIfAbsent: false),
            savepoint: null,
            cancellationToken));
        await Assert.ThrowsAsync<TransactionConflictException>(async () =>
            await partition.ExecuteAsync(
                writing,
                new DeleteOperation(new Key(KeyOf(3)), Stamp(writing)),
                savepoint: null,
                cancellationToken));
    }

    [Fact]
    public async Task A_scan_does_not_hold_up_the_grain_that_begins_it()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        using var hold = new Hold(cancellationToken);
        Partition partition = PartitionOf(Table, Things(0, Many));
        PartitionTransaction scanning = Join(partition, started: 1);
        var terms = new FindTerms
        {
            Filter = _ =>
            {
                hold.Wait();
                return true;
            },
        };

        // As in Orleans, where the turns of a grain are tasks of its own scheduler.
        var grain = new TaskFactory(new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler);
        Task<Chunk> scan = grain.StartNew(
            () => partition.ExecuteAsync(
                scanning,
                new WalkOperation(
                    terms,
                    limit: null,
                    after: null,
                    [new WalkWay(0, Index: null, Ranges: null, Prefixes: [[]])],
                    writes: false),
                savepoint: null,
                cancellationToken).AsTask(),
            cancellationToken).Unwrap();
        await hold.Begun.Within();

        await grain.StartNew(static () => { }, cancellationToken).Within();
        Assert.False(scan.IsCompleted);
        hold.Release();
        Assert.Equal(Many, (await scan.Within()).Records.Count);
    }

    [Fact]
    public async Task A_long_walk_that_reaches_the_time_limit_says_that_it_has_read()
    {
        var time = new FakeTimeProvider();
        Partition partition = PartitionOf(Table, Things(0, Many), time);
        PartitionTransaction walking = partition.Join(new TransactionHeader(
            Guid.NewGuid(),
            new TransactionAge(1, Guid.NewGuid()),
            time.GetTimestamp() + (10 * time.TimestampFrequency)));
        int looked = 0;
        var terms = new FindTerms
        {
            IsLimited = true,
            Filter = _ =>
            {
                if (++looked == 10) time.Advance(TimeSpan.FromSeconds(11));
                return true;
            },
        };
        TransactionTimeoutException error =
            await Assert.ThrowsAsync<TransactionTimeoutException>(async () =>
                await partition.ExecuteAsync(
                    walking,
                    new WalkOperation(
                        terms,
                        limit: null,
                        after: null,
                        [new WalkWay(0, Index: null, Ranges: null, Prefixes: [[]])],
                        writes: false),
                    savepoint: null,
                    TestContext.Current.CancellationToken));
        Assert.Equal(
            $"Transaction {walking.TransactionId} reached its time limit while it read many "
            + "records of table 'StoredThing'. Read fewer records at once, for example by an "
            + "index, or give the transaction a longer Timeout.",
            error.Message);
    }

    private static Key ToKey(byte[] bytes) => new(bytes);

    private static StoredThing Thing(int id) => new() { Id = id, Colour = "red", Size = id % 7 };

    private static IEnumerable<StoredThing> Things(int from, int to)
        => Enumerable.Range(from, to - from).Select(Thing);

    private static byte[] KeyOf(int id) => Table.KeyOf(Thing(id)).Bytes;

    private static ulong Stamp(PartitionTransaction transaction)
        => transaction.Content.Indexes.Stamp;

    private static Partition PartitionOf(
        TableDefinition table, IEnumerable<object> records, TimeProvider? time = null)
    {
        var content = new PartitionContent(table);
        foreach (object record in records)
        {
            Key key = table.KeyOf(record);
            if (table.Type == TableType.Bag) key = KeyBytes.WithSuffix(key, content.NextSequence);
            content.Load(KeySpace.Records, new StoredRecord(key.Bytes, record));
        }

        return new Partition(table, number: 0, epoch: 0, content, time ?? TimeProvider.System);
    }

    private static PartitionTransaction Join(Partition partition, long started)
        => partition.Join(new TransactionHeader(
            Guid.NewGuid(),
            new TransactionAge(started, Guid.NewGuid()),
            TimeProvider.System.GetTimestamp() + (60 * TimeProvider.System.TimestampFrequency)));

    /// <summary>Reads a record in a transaction of its own.</summary>
    private static async Task<object?> ReadAsync(Partition partition, Key key)
    {
        PartitionTransaction reading = Join(partition, started: 2);
        object? read = await Task.Run(() => partition.ExecuteAsync(
            reading,
            new ReadOperation(key, writes: false),
            savepoint: null,
            CancellationToken.None).AsTask()).Within("a record is read");
        partition.Abort(reading);
        return read;
    }

    private static void Apply(PartitionTransaction transaction, Operation<bool> write)
    {
        write.Prepare(transaction.Table);
        Assert.True(new Turns(transaction).GoOn(write));
    }

    private static void Stage(PartitionTransaction transaction, int id, bool isThere)
    {
        transaction.Begin(savepoint: null);
        transaction.Stage(
            KeySpace.Records,
            new Key(KeyOf(id)),
            isThere ? transaction.Content.Make(KeyOf(id), Thing(id)) : null,
            document: null);
    }

    /// <summary>Where the code of a test waits inside the store.</summary>
    private sealed class Hold(CancellationToken cancellationToken) : IDisposable
    {
        private readonly ManualResetEventSlim _goOn = new();
        private readonly TaskCompletionSource _begun =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => _begun.Task;

        public void Wait()
        {
            _begun.TrySetResult();
            _goOn.Wait(cancellationToken);
        }

        public void Release() => _goOn.Set();

        public void Dispose() => _goOn.Dispose();
    }

    /// <summary>Carries operations out as a partition does, turn by turn, on one thread.</summary>
    private sealed class Turns(PartitionTransaction transaction)
    {
        private readonly LockManager _manager = new();
        private readonly List<LockRequest> _resumed = [];

        public PartitionTransaction Transaction { get; } = transaction;

        public int Count { get; private set; }

        public bool IsLocked(byte[] key)
            => _manager.KindsHeldBy(Transaction, LockResource.Record(new Key(key)))
                != LockKind.None;

        public TResult GoOn<TResult>(Operation<TResult> operation, Action? between = null)
        {
            object? progress = null;
            while (true)
            {
                Count++;
                var locks = new LockTaker(_manager, Transaction, _resumed) { Progress = progress };
                Transaction.Begin(savepoint: null);
                if (operation.TryApply(Transaction, ref locks, out TResult result))
                {
                    _manager.Release(Transaction, _resumed);
                    return result;
                }

                progress = locks.Paused;
                Assert.NotNull(progress);
                (progress as IWorkOutside)?.Run();
                between?.Invoke();
            }
        }
    }

    /// <summary>A record whose code waits as long as a test wants.</summary>
    private sealed record HeldThing
    {
        private readonly string _text = "";

        internal Hold? Hold;

        public int Id { get; init; }

        public string Text
        {
            get
            {
                Hold?.Wait();
                return _text;
            }
            init => _text = value;
        }
    }
}
