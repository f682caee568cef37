using System.Buffers.Binary;
using CsCheck;
using Memento.Collections;

namespace Memento.Tests.Partitions;

/// <summary>
/// The map beside a <see cref="SortedDictionary{TKey, TValue}"/> under the same changes.
/// </summary>
public sealed class OrderedMapModelTests
{
    private const int Operations = 40_000;
    private const int OperationsBetweenChecks = 5_000;
    private const int PrefixLength = 40;

    [Theory]
    [InlineData("mostly inserts", 80, 100_000)]
    [InlineData("mostly deletes", 20, 2_000)]
    [InlineData("as many of each", 50, 5_000)]
    [InlineData("around one node", 50, 130)]
    [InlineData("around a few nodes", 50, 1_000)]
    public void Random_changes_leave_what_a_sorted_dictionary_has(
        string mix, int percentOfInserts, int keys)
        => Gen.Int.Sample(
            seed => Run(new Random(seed), percentOfInserts, random => random.Next(keys), KeyOf),
            iter: 3,
            threads: 1,
            print: seed => $"{mix}, seed {seed}");

    [Fact]
    public void Keys_with_a_long_shared_prefix_or_of_any_length_are_kept_apart()
        => Gen.Int.Sample(
            seed =>
            {
                Run(new Random(seed), 55, random => random.Next(3_000), LongKeyOf);
                Run(new Random(seed), 55, random => random.Next(3_000), AnyKeyOf);
            },
            iter: 2,
            threads: 1);

    [Fact]
    public void A_queue_and_a_stack_of_keys_stay_whole()
    {
        foreach (bool isQueue in new[] { true, false })
        {
            var map = new OrderedMap<int>();
            var model = new SortedDictionary<byte[], int>(ByteOrder.Instance);
            int first = 0;
            int last = 0;
            for (int operation = 0; operation < 2 * Operations; operation++)
            {
                bool fills = operation / 1_000 % 3 != 2;
                if (fills)
                    Set(map, model, KeyOf(last++), operation);
                else if (model.Count > 0)
                    Remove(map, model, KeyOf(isQueue ? first++ : --last));
            }

            CheckSame(map, model);
        }
    }

    [Fact]
    public void Growing_and_draining_again_and_again_leaves_nothing_behind()
        => Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                var map = new OrderedMap<int>();
                var model = new SortedDictionary<byte[], int>(ByteOrder.Instance);
                for (int round = 0; round < 4; round++)
                {
                    while (model.Count < 10_000)
                        Set(map, model, KeyOf(random.Next(1_000_000)), round);

                    byte[][] keys = [.. model.Keys];
                    random.Shuffle(keys);
                    foreach (byte[] key in keys)
                        Remove(map, model, key);

                    CheckSame(map, model);
                }
            },
            iter: 2,
            threads: 1);

    private static void Run(
        Random random, int percentOfInserts, Func<Random, int> next, Func<int, byte[]> toKey)
    {
        var map = new OrderedMap<int>();
        var model = new SortedDictionary<byte[], int>(ByteOrder.Instance);
        for (int operation = 1; operation <= Operations; operation++)
        {
            byte[] key = toKey(next(random));
            bool isThere = model.TryGetValue(key, out int expected);
            Assert.Equal(isThere, map.TryGetValue(key, out int value));
            Assert.Equal(expected, value);
            if (random.Next(100) < percentOfInserts)
                Set(map, model, key, operation);
            else
                Remove(map, model, key);

            if (operation % OperationsBetweenChecks == 0) CheckSame(map, model);
        }

        foreach (byte[] key in model.Keys.ToArray())
            Remove(map, model, key);

        CheckSame(map, model);
    }

    private static void Set(
        OrderedMap<int> map, SortedDictionary<byte[], int> model, byte[] key, int value)
    {
        model.TryGetValue(key, out int expected);
        Assert.Equal(!model.ContainsKey(key), map.Set(key, value, out int previous));
        Assert.Equal(expected, previous);
        model[key] = value;
        Assert.Equal(model.Count, map.Count);
    }

    private static void Remove(
        OrderedMap<int> map, SortedDictionary<byte[], int> model, byte[] key)
    {
        Assert.Equal(model.Remove(key, out int expected), map.Remove(key, out int previous));
        Assert.Equal(expected, previous);
        Assert.Equal(model.Count, map.Count);
    }

    private static void CheckSame(OrderedMap<int> map, SortedDictionary<byte[], int> model)
    {
        map.CheckInvariants();
        OrderedMapRange<int> range = map.Range(null, null);
        foreach ((byte[] key, int value) in model)
        {
            Assert.True(range.MoveNext());
            Assert.True(key.AsSpan().SequenceEqual(range.CurrentKey));
            Assert.Equal(value, range.CurrentValue);
        }

        Assert.False(range.MoveNext());
        Assert.Equal(
            model.Values.Reverse(),
            OrderedMapTests.Read(map.Range(null, null, isBackward: true))
                .Select(each => each.Value));
    }

    private static byte[] KeyOf(int number) => OrderedMapTests.KeyOf(number);

    /// <summary>Heads are all equal, and some keys continue others.</summary>
    private static byte[] LongKeyOf(int number)
    {
        byte[] key = new byte[PrefixLength + (number % 3) + sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(PrefixLength), number / 3);
        return key;
    }

    /// <summary>Keys of 0 to 11 bytes, most of them zero.</summary>
    private static byte[] AnyKeyOf(int number)
    {
        byte[] key = new byte[number % 12];
        if (key.Length > 0) key[number % key.Length] = (byte)(number / 12);

        return key;
    }
}
