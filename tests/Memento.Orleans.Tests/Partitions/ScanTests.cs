using System.Diagnostics;
using CsCheck;
using Memento.Keys;
using Memento.Locks;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Queries.Plans;
using Memento.Tables;
using Memento.Tests.Conformance;

namespace Memento.Tests.Partitions;

/// <summary>
/// Scans of a partition with so many records that they are read outside its gate, and with few.
/// </summary>
public sealed class ScanTests
{
    private const int Many = 700;

    private static readonly TableDefinition Table = TableDefinitionReader.Read(typeof(StoredThing));

    [Fact]
    public async Task A_long_scan_keeps_nobody_waiting_who_needs_no_lock_of_its_own()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        Partition partition = PartitionOf(Enumerable.Range(0, Many));
        PartitionTransaction scanning = Join(partition, started: 1);
        PartitionTransaction reading = Join(partition, started: 2);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        var terms = new FindTerms
        {
            Filter = _ =>
            {
                begun.TrySetResult();
                goOn.Wait(cancellationToken);
                return true;
            },
        };

        Task<Chunk> scan = Task.Run(
            () => ScanAsync(partition, scanning, terms).AsTask(), cancellationToken);
        await begun.Task.WaitAsync(cancellationToken);
        Task<object?> read = Task.Run(
            () => partition.ExecuteAsync(
                reading,
                new ReadOperation(Table.KeyOf(Thing(3)), writes: false),
                savepoint: null,
                cancellationToken).AsTask(),
            cancellationToken);
        Assert.Equal(Thing(3), await read.WaitAsync(TimeSpan.FromSeconds(20), cancellationToken));

        // What the reader of all has locked stays as it is, also for its own later writes.
        Assert.False(scan.IsCompleted);
        Write(scanning, Thing(Many), isThere: true);
        Write(scanning, Thing(0), isThere: false);
        goOn.Set();
        Chunk chunk = await scan;
        Assert.Equal(Enumerable.Range(0, Many), Ids(chunk));
        Assert.Equal(Many, chunk.Read);
        Assert.True(chunk.LocksPartition);
        Assert.Equal(
            Enumerable.Range(1, Many), Ids(await ScanAsync(partition, scanning, new FindTerms())));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_long_walk_of_a_range_lets_others_in(bool isBackward)
    {
        const int first = 500, count = 40_000;
        Partition partition = PartitionOf(Enumerable.Range(0, first + count + 500));
        using var stop = new CancellationTokenSource();
        long reads = 0;
        var reader = new Thread(() =>
        {
            PartitionTransaction reading = Join(partition, started: 2);
            while (!stop.IsCancellationRequested)
            {
                _ = Now(partition.ExecuteAsync(
                    reading,
                    new ReadOperation(new Key(KeyOf(3)), writes: false),
                    savepoint: null,
                    CancellationToken.None));
                Interlocked.Increment(ref reads);
            }
        });
        reader.Start();
        int looked = 0;
        long before = 0;
        long meanwhile = 0;
        var terms = new FindTerms
        {
            IsBackward = isBackward,
            IsLimited = true,
            Filter = _ =>
            {
                looked++;
                if (looked == 1) before = Interlocked.Read(ref reads);
                if (looked == count) meanwhile = Interlocked.Read(ref reads) - before;
                return true;
            },
        };
        var range = new WalkWay(
            0,
            Index: null,
            new[] { new KeyRange(KeyOf(first), KeyOf(first + count), IsPoint: false) },
            Prefixes: [[]]);

        // On a busy machine the reader may not run at all during one walk.
        PartitionTransaction walking;
        Chunk chunk;
        long started = Stopwatch.GetTimestamp();
        try
        {
            do
            {
                looked = 0;
                walking = Join(partition, started: 1);
                chunk = await ScanAsync(partition, walking, terms, range);
            }
            while (meanwhile == 0 && Stopwatch.GetElapsedTime(started) < Waiting.Bound);
        }
        finally
        {
            await stop.CancelAsync();
            reader.Join();
        }

        Assert.True(meanwhile > 0, "nobody got in");
        IEnumerable<int> expected = Enumerable.Range(first, count);
        Assert.Equal(isBackward ? expected.Reverse() : expected, Ids(chunk));
        Assert.Equal(count, chunk.Read);
        Assert.False(chunk.LocksPartition);
        Assert.Equal(1, walking.RangeCount);
    }

    [Fact]
    public void A_walk_with_pauses_gives_what_is_there_at_its_end()
        => Gen.Select(Gen.Int, Gen.Bool).Sample(
            static (seed, isBackward) => WalkBesideWriters(new Random(seed), isBackward),
            iter: 40,
            threads: 1,
            print: static one => $"seed {one.Item1}, backward: {one.Item2}");

    /// <summary>
    /// Between the turns of a walk, others change whatever its locks let them change. What it has
    /// walked is locked, and what it has not walked is read later.
    /// </summary>
    private static void WalkBesideWriters(Random random, bool isBackward)
    {
        Partition partition =
            PartitionOf(Enumerable.Range(0, 5_000).Where(_ => random.Next(2) == 0));
        PartitionTransaction walking = Join(partition, started: 1);
        PartitionContent content = walking.Content;
        var manager = new LockManager();
        List<LockRequest> resumed = [];
        int from = random.Next(500);
        int to = 5_000 - random.Next(500);
        var walk = new WalkOperation(
            new FindTerms { IsBackward = isBackward, IsLimited = true },
            limit: null,
            after: null,
            [
                new WalkWay(
                    0,
                    Index: null,
                    new[] { new KeyRange(KeyOf(from), KeyOf(to), IsPoint: false) },
                    Prefixes: [[]]),
            ],
            writes: false);
        object? progress = null;
        int turns = 0;
        int refused = 0;
        while (true)
        {
            turns++;
            var locks = new LockTaker(manager, walking, resumed) { Progress = progress };
            if (walk.TryApply(walking, ref locks, out Chunk chunk))
            {
                Assert.Equal(
                    OrderedMapTests.Read(content.Records.Range(KeyOf(from), KeyOf(to), isBackward))
                        .Select(static each => each.Value.Record),
                    chunk.Records);
                break;
            }

            progress = locks.Paused;
            Assert.NotNull(progress);
            for (int change = 0; change < 200; change++)
            {
                int id = random.Next(5_000);
                PartitionTransaction writing = Join(partition, started: 2);
                LockAnswer answer = manager.Acquire(
                    writing,
                    LockResource.Record(new Key(KeyOf(id))),
                    LockKind.Write,
                    resumed,
                    out _,
                    out _);
                manager.Release(writing, resumed);
                partition.Abort(writing);
                if (answer != LockAnswer.Granted)
                {
                    refused++;
                    continue;
                }

                content.Replace(
                    KeySpace.Records,
                    KeyOf(id),
                    random.Next(2) == 0 ? null : content.Make(KeyOf(id), Thing(id)),
                    position: 0);
            }
        }

        Assert.True(turns > 1 && refused > 0, $"{turns} turns, {refused} refused");
    }

    [Fact]
    public void A_scan_sees_the_transactions_own_writes_however_many_records_there_are()
        => Gen.Int.Sample(
            static seed => Run(new Random(seed)),
            iter: 60,
            threads: 1,
            print: static seed => $"seed {seed}");

    private static void Run(Random random)
    {
        int[] ids = [.. Enumerable.Range(0, 1_500).Where(_ => random.Next(1_500) < Many)];
        Partition partition = PartitionOf(ids);
        PartitionTransaction transaction = Join(partition, started: 1);
        var model = new SortedDictionary<int, StoredThing>(ids.ToDictionary(Same, Thing));
        for (int round = 0; round < 3; round++)
        {
            for (int write = random.Next(200); write > 0; write--)
            {
                StoredThing thing = Thing(random.Next(2_000)) with { Colour = $"{round}" };
                bool isThere = random.Next(2) == 0;
                Write(transaction, thing, isThere);
                if (isThere)
                    model[thing.Id] = thing;
                else
                    model.Remove(thing.Id);
            }

            Chunk all = Now(ScanAsync(partition, transaction, new FindTerms()));
            Assert.Equal(model.Values, all.Records);

            // In the order of an index, whose entries end with the key.
            var byColour = new WalkWay(
                0, Table.Indexes[0].Reference, Ranges: null, Prefixes: [[]]);
            Assert.Equal(
                model.Values.OrderBy(static each => each.Colour, StringComparer.Ordinal)
                    .ThenBy(static each => each.Id),
                Now(ScanAsync(partition, transaction, new FindTerms(), byColour)).Records);

            byte[][] keys = Now(partition.ExecuteAsync(
                transaction, new KeysOperation(), savepoint: null, CancellationToken.None));
            Assert.Equal(
                model.Values.Select(static each => Table.KeyOf(each)),
                keys.Select(static key => new Key(key)));
        }
    }

    private static int Same(int number) => number;

    private static StoredThing Thing(int id) => new() { Id = id, Colour = "red", Size = id % 7 };

    private static byte[] KeyOf(int id) => Table.KeyOf(Thing(id)).Bytes;

    private static IEnumerable<int> Ids(Chunk chunk)
        => chunk.Records.Cast<StoredThing>().Select(static each => each.Id);

    private static Partition PartitionOf(IEnumerable<int> ids)
    {
        var content = new PartitionContent(Table);
        foreach (StoredThing thing in ids.Select(Thing))
            content.Load(KeySpace.Records, new StoredRecord(KeyOf(thing.Id), thing));
        return new Partition(Table, number: 0, epoch: 0, content, TimeProvider.System);
    }

    private static PartitionTransaction Join(Partition partition, long started)
        => partition.Join(new TransactionHeader(
            Guid.NewGuid(),
            new TransactionAge(started, Guid.NewGuid()),
            TimeProvider.System.GetTimestamp() + (60 * TimeProvider.System.TimestampFrequency)));

    private static void Write(PartitionTransaction transaction, StoredThing thing, bool isThere)
    {
        byte[] key = KeyOf(thing.Id);
        transaction.Begin(savepoint: null);
        transaction.Stage(
            KeySpace.Records,
            new Key(key),
            isThere ? transaction.Content.Make(key, thing) : null,
            document: null);
    }

    private static ValueTask<Chunk> ScanAsync(
        Partition partition,
        PartitionTransaction transaction,
        FindTerms terms,
        WalkWay? way = null)
        => partition.ExecuteAsync(
            transaction,
            new WalkOperation(
                terms,
                limit: null,
                after: null,
                [way ?? new WalkWay(0, Index: null, Ranges: null, Prefixes: [[]])],
                writes: false),
            savepoint: null,
            CancellationToken.None);

    /// <summary>On a busy machine a walk lets others in, and ends on another thread.</summary>
    private static T Now<T>(ValueTask<T> result) => result.AsTask().GetAwaiter().GetResult();
}
