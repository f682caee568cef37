using CsCheck;
using Memento.Collections;

namespace Memento.Tests.Partitions;

public sealed class OrderedMapRangeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_range_of_an_empty_map_is_empty(bool isBackward)
    {
        var map = new OrderedMap<int>();
        Assert.False(map.Range(null, null, isBackward).MoveNext());
        Assert.False(map.Range([1], [2], isBackward).MoveNext());
    }

    [Fact]
    public void Overwriting_leaves_a_range_where_it_is()
    {
        OrderedMap<int> map = OrderedMapTests.Fill(Enumerable.Range(0, 10));
        OrderedMapRange<int> range = map.Range(null, null);
        Assert.True(range.MoveNext());
        map.Set(range.CurrentKey, 100);
        Assert.Equal(100, range.CurrentValue);
        Assert.True(range.MoveNext());
    }

    [Fact]
    public void A_change_ends_a_range_with_an_error()
    {
        OrderedMap<int> map = OrderedMapTests.Fill(Enumerable.Range(0, 10));
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (KeyValuePair<byte[], int> entry in map.Range(null, null))
                map.Remove(entry.Key);
        });
    }

    [Fact]
    public void A_range_is_from_its_first_key_up_to_without_its_end()
    {
        OrderedMap<int> map = OrderedMapTests.Fill(Enumerable.Range(0, 400));
        Gen<int?> bounds = Gen.Int[-3, 403].Nullable();
        Gen.Select(bounds, bounds, Gen.Bool).Sample((from, to, isBackward) =>
        {
            OrderedMapRange<int> range = map.Range(
                from is null ? null : OrderedMapTests.KeyOf(from.Value),
                to is null ? null : OrderedMapTests.KeyOf(to.Value),
                isBackward);
            IEnumerable<int> expected = Enumerable.Range(0, 400)
                .Where(number => number >= (from ?? 0) && number < (to ?? 400));
            if (isBackward) expected = expected.Reverse();
            Assert.Equal(expected, OrderedMapTests.Read(range).Select(entry => entry.Value));
        });
    }

    [Fact]
    public void A_range_that_is_read_by_leaves_and_by_steps_has_all_its_values()
    {
        OrderedMap<int> map = OrderedMapTests.Fill(Enumerable.Range(0, 400));
        Gen<int?> bounds = Gen.Int[-3, 403].Nullable();
        Gen.Select(bounds, bounds, Gen.Bool, Gen.Int[0, 99].Array[1, 9]).Sample(
            (from, to, isBackward, shares) =>
            {
                OrderedMapRange<int> range = map.Range(
                    from is null ? null : OrderedMapTests.KeyOf(from.Value),
                    to is null ? null : OrderedMapTests.KeyOf(to.Value),
                    isBackward);
                List<int> read = [];
                while (true)
                {
                    ReadOnlySpan<int> ahead = range.Ahead();
                    int taken = ahead.Length * shares[read.Count % shares.Length] / 50;
                    taken = Math.Min(taken, ahead.Length);
                    read.AddRange(ahead[..taken]);
                    range.MoveOver(taken);
                    if (taken > 0) Assert.Equal(read[^1], range.CurrentValue);
                    if (!range.MoveNext()) break;

                    read.Add(range.CurrentValue);
                }

                IEnumerable<int> expected = Enumerable.Range(0, 400)
                    .Where(number => number >= (from ?? 0) && number < (to ?? 400));
                Assert.Equal(isBackward ? expected.Reverse() : expected, read);
            });
    }

    [Fact]
    public void A_prefix_gives_the_keys_that_begin_with_it()
    {
        Gen<byte[]> keys = Gen.OneOf<byte>(0x00, 0x01, 0xFF).Array[0, 6];
        Gen.Select(keys.Array[0, 300], keys).Sample((all, prefix) =>
        {
            var map = new OrderedMap<byte[]>();
            foreach (byte[] key in all)
                map.Set(key, key);

            Assert.Equal(
                all.Where(key => key.AsSpan().StartsWith(prefix))
                    .Select(Convert.ToHexString)
                    .Distinct()
                    .Order(StringComparer.Ordinal),
                OrderedMapTests.Read(map.Prefix(prefix))
                    .Select(entry => Convert.ToHexString(entry.Key)));
        });
    }
}
