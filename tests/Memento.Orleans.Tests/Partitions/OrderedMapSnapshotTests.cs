using System.Runtime.CompilerServices;
using CsCheck;
using Memento.Collections;

namespace Memento.Tests.Partitions;

/// <summary>A snapshot beside a copy of the map that was made at the same moment.</summary>
public sealed class OrderedMapSnapshotTests
{
    private const int Steps = 4_000;

    [Theory]
    [InlineData("mostly inserts", 80, 20_000)]
    [InlineData("mostly deletes", 30, 2_000)]
    [InlineData("around one node", 50, 130)]
    [InlineData("around a few nodes", 50, 1_000)]
    public void Each_snapshot_stays_as_the_map_was(string mix, int percentOfInserts, int keys)
        => Gen.Int.Sample(
            seed => Run(new Random(seed), percentOfInserts, keys),
            iter: 5,
            threads: 1,
            print: seed => $"{mix}, seed {seed}");

    [Fact]
    public async Task A_snapshot_is_read_by_one_thread_while_another_changes_the_map()
    {
        const int size = 5_000;
        OrderedMap<int> map = OrderedMapTests.Fill(Enumerable.Range(0, size));
        OrderedMapSnapshot<int> snapshot = map.TakeSnapshot();
        using var stop = new CancellationTokenSource();
        Task<long> walks = Task.Run(() =>
        {
            long count = 0;
            do
            {
                int expected = 0;
                foreach (KeyValuePair<byte[], int> entry in snapshot.Range(null, null))
                    Assert.Equal(expected++, entry.Value);
                Assert.Equal(size, expected);
                count++;
            }
            while (!stop.IsCancellationRequested);

            return count;
        });

        var random = new Random(7);
        for (int change = 0; change < 200_000; change++)
        {
            byte[] key = OrderedMapTests.KeyOf(random.Next(2 * size));
            if (random.Next(3) == 0)
                map.Remove(key);
            else
                map.Set(key, -1);
        }

        await stop.CancelAsync();
        Assert.True(await walks > 0);
        map.CheckInvariants();
    }

    [Fact]
    public void What_only_a_dropped_snapshot_had_is_collected()
    {
        var map = new OrderedMap<object>();
        for (int number = 0; number < 1_000; number++)
            map.Set(OrderedMapTests.KeyOf(number), new object());

        (WeakReference replaced, WeakReference removed) = SnapshotAndReplace(map);
        GC.Collect();
        Assert.False(replaced.IsAlive);
        Assert.False(removed.IsAlive);
        GC.KeepAlive(map);
    }

    [Fact]
    public void What_a_later_snapshot_has_does_not_keep_what_an_earlier_one_had()
    {
        var map = new OrderedMap<object>();
        for (int number = 0; number < 1_000; number++)
            map.Set(OrderedMapTests.KeyOf(number), new object());

        (WeakReference replaced, WeakReference removed) = SnapshotAndReplace(map);
        OrderedMapSnapshot<object> later = map.TakeSnapshot();
        map.Set(OrderedMapTests.KeyOf(500), new object());
        GC.Collect();
        Assert.False(replaced.IsAlive);
        Assert.False(removed.IsAlive);
        GC.KeepAlive(later);
        GC.KeepAlive(map);
    }

    [Fact]
    public void Taking_one_costs_the_same_however_large_the_map_is()
    {
        OrderedMap<int> map = OrderedMapTests.Fill(Enumerable.Range(0, 100_000));
        long allocated = 0;
        for (int run = 0; run < 2; run++)
        {
            map.Set(OrderedMapTests.KeyOf(run), 1);
            long before = GC.GetAllocatedBytesForCurrentThread();
            GC.KeepAlive(map.TakeSnapshot());
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.InRange(allocated, 1, 100);
    }

    [Fact]
    public void A_map_without_changes_copies_no_node_for_its_next_snapshot()
    {
        OrderedMap<int> map = OrderedMapTests.Fill(Enumerable.Range(0, 1_000));
        map.TakeSnapshot();
        map.Set(OrderedMapTests.KeyOf(1), 2);
        int version = map.Version;
        map.Set(OrderedMapTests.KeyOf(1), 3);
        Assert.False(map.Remove(OrderedMapTests.KeyOf(-1)));
        Assert.Equal(version, map.Version);

        map.TakeSnapshot();
        Assert.False(map.Remove(OrderedMapTests.KeyOf(-1)));
        Assert.Equal(version, map.Version);
    }

    [Fact]
    public void A_copied_node_ends_a_range_of_the_map_with_an_error()
    {
        OrderedMap<int> map = OrderedMapTests.Fill(Enumerable.Range(0, 10));
        OrderedMapSnapshot<int> snapshot = map.TakeSnapshot();
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (KeyValuePair<byte[], int> entry in map.Range(null, null))
                map.Set(entry.Key, 100);
        });

        foreach (KeyValuePair<byte[], int> entry in snapshot.Range(null, null))
            map.Set(entry.Key, 200);
    }

    private static void Run(Random random, int percentOfInserts, int keys)
    {
        var map = new OrderedMap<int>();
        var model = new SortedDictionary<byte[], int>(ByteOrder.Instance);
        List<(OrderedMapSnapshot<int> Snapshot, KeyValuePair<byte[], int>[] Expected)> kept = [];
        for (int step = 0; step < Steps; step++)
        {
            // As many as fill some nodes, so that snapshots fall between splits and merges.
            for (int change = random.Next(8); change > 0; change--)
            {
                byte[] key = OrderedMapTests.KeyOf(random.Next(keys));
                bool sets = random.Next(100) < percentOfInserts;
                Assert.Equal(
                    sets ? model.TryAdd(key, step) : model.Remove(key),
                    sets ? map.Set(key, step) : map.Remove(key));
                if (sets) model[key] = step;
            }

            switch (random.Next(40))
            {
                case 0:
                    kept.Add((map.TakeSnapshot(), [.. model]));
                    break;
                case 1 when kept.Count > 0:
                    int one = random.Next(kept.Count);
                    CheckSame(kept[one].Snapshot, kept[one].Expected, random);
                    kept.RemoveAt(one);
                    break;
                case 2 when random.Next(10) == 0:
                    map.Clear();
                    model.Clear();
                    break;
            }
        }

        map.CheckInvariants();
        Assert.Equal(model, OrderedMapTests.Read(map.Range(null, null)));
        foreach ((OrderedMapSnapshot<int> snapshot, KeyValuePair<byte[], int>[] expected) in kept)
            CheckSame(snapshot, expected, random);
    }

    private static void CheckSame(
        OrderedMapSnapshot<int> snapshot, KeyValuePair<byte[], int>[] expected, Random random)
    {
        Assert.Equal(expected.Length, snapshot.Count);
        Assert.Equal(expected, OrderedMapTests.Read(snapshot.Range(null, null)));
        Assert.Equal(
            expected.Reverse(), OrderedMapTests.Read(snapshot.Range(null, null, isBackward: true)));
        if (expected.Length == 0) return;

        for (int i = 0; i < 10; i++)
        {
            (int from, int to) = (random.Next(expected.Length), random.Next(expected.Length));
            Assert.True(snapshot.TryGetValue(expected[from].Key, out int value));
            Assert.Equal(expected[from].Value, value);
            int count = Math.Max(0, to - from);
            OrderedMapRange<int> range = snapshot.Range(expected[from].Key, expected[to].Key);
            Assert.Equal(count, range.CountUpTo(int.MaxValue));
            Assert.Equal(expected.Skip(from).Take(count), OrderedMapTests.Read(range));
            Assert.Equal(
                expected.Skip(from).Take(count).Reverse(),
                OrderedMapTests.Read(
                    snapshot.Range(expected[from].Key, expected[to].Key, isBackward: true)));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Replaced, WeakReference Removed) SnapshotAndReplace(
        OrderedMap<object> map)
    {
        OrderedMapSnapshot<object> snapshot = map.TakeSnapshot();
        map.Set(OrderedMapTests.KeyOf(500), new object(), out object? replaced);
        map.Remove(OrderedMapTests.KeyOf(700), out object? removed);
        Assert.True(snapshot.TryGetValue(OrderedMapTests.KeyOf(500), out object? kept));
        Assert.Same(replaced, kept);
        return (new WeakReference(replaced), new WeakReference(removed));
    }
}
