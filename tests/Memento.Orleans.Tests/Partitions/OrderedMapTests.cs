using CsCheck;
using Memento.Collections;
using Memento.Keys;

namespace Memento.Tests.Partitions;

public sealed class OrderedMapTests
{
    private const int Capacity = OrderedMapNode<int>.Capacity;

    public static TheoryData<int> Sizes =>
    [
        0, 1, 2, 4, 5, 8, 9, Capacity - 1, Capacity, Capacity + 1, 2 * Capacity, 2 * Capacity + 1,
        Capacity * Capacity, Capacity * (Capacity + 1), Capacity * (Capacity + 1) + 1, 20_000,
    ];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Ascending_keys_come_back_in_order(int size)
        => CheckFilled(Fill(Enumerable.Range(0, size)), size);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Descending_keys_come_back_in_order(int size)
        => CheckFilled(Fill(Enumerable.Range(0, size).Reverse()), size);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Removing_from_either_end_or_the_middle_leaves_nothing(int size)
    {
        foreach (int[] order in RemovalOrders(size))
        {
            OrderedMap<int> map = Fill(Enumerable.Range(0, size));
            int left = size;
            foreach (int number in order)
            {
                Assert.True(map.Remove(KeyOf(number), out int previous));
                Assert.Equal(number, previous);
                Assert.Equal(--left, map.Count);
                if (left % 97 == 0) map.CheckInvariants();
            }

            map.CheckInvariants();
            Assert.IsType<OrderedMapLeaf<int>>(map.Root);
            Assert.Empty(Read(map.Range(null, null)));
        }
    }

    [Fact]
    public void Ascending_keys_fill_their_nodes()
    {
        OrderedMap<int> map = Fill(Enumerable.Range(0, 100 * Capacity));
        Assert.Equal(100, CountLeaves(map));
    }

    [Fact]
    public void A_mass_delete_gives_the_memory_back()
    {
        const int size = 50_000;
        OrderedMap<int> map = Fill(Enumerable.Range(0, size));
        for (int number = 0; number < size; number++)
            if (number % 100 != 0) Assert.True(map.Remove(KeyOf(number)));

        map.CheckInvariants();
        Assert.True(CountLeaves(map) <= map.Count / OrderedMapNode<int>.Minimum);
        map.Clear();
        Assert.Equal(0, map.Count);
        Assert.Equal(1, CountLeaves(map));
    }

    [Fact]
    public void A_removed_value_is_not_kept_alive()
    {
        var map = new OrderedMap<object>();
        for (int number = 0; number < 1000; number++)
            map.Set(KeyOf(number), new object());

        WeakReference removed = ReplaceAndRemove(map, 500);
        GC.Collect();
        Assert.False(removed.IsAlive);
        GC.KeepAlive(map);
    }

    [Fact]
    public void Overwriting_gives_the_previous_value_and_keeps_the_count()
    {
        var map = new OrderedMap<string>();
        Assert.True(map.Set([1], "a", out string? previous));
        Assert.Null(previous);
        Assert.False(map.Set([1], "b", out previous));
        Assert.Equal("a", previous);
        Assert.Equal(1, map.Count);
        Assert.True(map.TryGetValue([1], out string? value));
        Assert.Equal("b", value);
    }

    [Fact]
    public void An_absent_key_is_not_found_and_not_removed()
    {
        OrderedMap<int> map = Fill(Enumerable.Range(0, 1000).Where(number => number % 2 == 0));
        Assert.False(map.TryGetValue(KeyOf(501), out int value));
        Assert.Equal(0, value);
        Assert.False(map.ContainsKey([]));
        Assert.False(map.Remove(KeyOf(501), out _));
        Assert.Equal(500, map.Count);
    }

    [Fact]
    public void The_empty_key_is_the_first()
    {
        OrderedMap<int> map = Fill(Enumerable.Range(0, 100));
        map.Set([], -1);
        Assert.Equal(-1, Read(map.Range(null, null))[0].Value);
        Assert.True(map.ContainsKey([]));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        OrderedMap<int> map = Fill(Enumerable.Range(0, 10_000));
        byte[] key = KeyOf(5000);
        long allocated = 0;
        long sum = 0;
        for (int run = 0; run < 2; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (KeyValuePair<byte[], int> entry in map.Range(key, null))
                sum += entry.Value;

            foreach (KeyValuePair<byte[], int> entry in map.Prefix(key.AsSpan(0, 6)))
                sum += entry.Value;

            foreach (KeyValuePair<byte[], int> entry in map.Range(null, key, isBackward: true))
                sum += entry.Value;

            map.TryGetValue(key, out int value);
            sum += value;
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.NotEqual(0, sum);
        Assert.Equal(0, allocated);
    }

    internal static byte[] KeyOf(int number)
    {
        KeyWriter writer = new(stackalloc byte[KeyWriter.StackBytes]);
        writer.WriteInt64(number);
        return writer.Written.ToArray();
    }

    internal static OrderedMap<int> Fill(IEnumerable<int> numbers)
    {
        var map = new OrderedMap<int>();
        foreach (int number in numbers)
            Assert.True(map.Set(KeyOf(number), number));

        return map;
    }

    internal static List<KeyValuePair<byte[], T>> Read<T>(OrderedMapRange<T> range)
    {
        var entries = new List<KeyValuePair<byte[], T>>();
        foreach (KeyValuePair<byte[], T> entry in range)
            entries.Add(entry);

        return entries;
    }

    private static void CheckFilled(OrderedMap<int> map, int size)
    {
        map.CheckInvariants();
        Assert.Equal(size, map.Count);
        Assert.Equal(
            Enumerable.Range(0, size), Read(map.Range(null, null)).Select(entry => entry.Value));
        for (int number = 0; number < size; number++)
            Assert.True(map.TryGetValue(KeyOf(number), out int value) && value == number);
    }

    private static IEnumerable<int[]> RemovalOrders(int size)
    {
        int[] ascending = [.. Enumerable.Range(0, size)];
        yield return ascending;
        yield return [.. ascending.Reverse()];
        yield return [.. ascending.OrderBy(number => Math.Abs(number - (size / 2)))];
        yield return [.. ascending.OrderBy(number => number % Capacity).ThenBy(number => number)];
    }

    private static int CountLeaves(OrderedMap<int> map)
    {
        var place = OrderedMapPlace<int>.End(map.Root);
        int leaves = 1;
        while (place.MoveToPreviousLeaf(map.Root))
            leaves++;

        return leaves;
    }

    [System.Runtime.CompilerServices.MethodImpl(
        System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference ReplaceAndRemove(OrderedMap<object> map, int number)
    {
        map.Set(KeyOf(number), new object());
        Assert.True(map.Remove(KeyOf(number), out object? removed));
        return new WeakReference(removed);
    }
}
