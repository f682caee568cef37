using CsCheck;
using Memento.Partitions;

namespace Memento.Tests.Partitions;

public sealed class OrderedMapCursorTests
{
    [Fact]
    public void A_new_cursor_goes_through_all_entries_and_back()
    {
        OrderedMapCursor<int> cursor = OrderedMapTests.Fill(Enumerable.Range(0, 300)).OpenCursor();
        Assert.False(cursor.IsOnEntry);
        for (int number = 0; number < 300; number++)
        {
            Assert.True(cursor.MoveNext());
            Assert.Equal(number, cursor.CurrentValue);
            Assert.Equal(OrderedMapTests.KeyOf(number), cursor.CurrentKey);
        }

        Assert.False(cursor.MoveNext());
        Assert.False(cursor.MoveNext());
        for (int number = 299; number >= 0; number--)
        {
            Assert.True(cursor.MovePrevious());
            Assert.Equal(number, cursor.CurrentValue);
        }

        Assert.False(cursor.MovePrevious());
        Assert.False(cursor.IsOnEntry);
        Assert.True(cursor.MoveNext());
        Assert.Equal(0, cursor.CurrentValue);
    }

    [Fact]
    public void A_cursor_of_an_empty_map_finds_nothing()
    {
        OrderedMapCursor<int> cursor = new OrderedMap<int>().OpenCursor();
        Assert.False(cursor.MoveNext());
        Assert.False(cursor.MovePrevious());
        Assert.False(cursor.SeekFirst());
        Assert.False(cursor.SeekLast());
        Assert.False(cursor.SeekFirst([1]));
        Assert.False(cursor.SeekBefore([1]));
        Assert.False(cursor.SeekAfter([1]));
        Assert.False(cursor.IsOnEntry);
    }

    [Fact]
    public void Seeks_find_the_neighbours_of_a_key_that_is_there_or_not()
    {
        int[] even = [.. Enumerable.Range(0, 500).Select(number => number * 2)];
        OrderedMapCursor<int> cursor = OrderedMapTests.Fill(even).OpenCursor();
        for (int number = -1; number <= 1000; number++)
        {
            byte[] key = OrderedMapTests.KeyOf(number);
            CheckSeek(cursor.SeekFirst(key), cursor, even.Where(other => other >= number));
            CheckSeek(cursor.SeekAfter(key), cursor, even.Where(other => other > number));
            CheckSeek(
                cursor.SeekBefore(key), cursor, even.Where(other => other < number).Reverse());
        }

        Assert.True(cursor.SeekFirst());
        Assert.Equal(0, cursor.CurrentValue);
        Assert.True(cursor.SeekLast());
        Assert.Equal(998, cursor.CurrentValue);
    }

    [Fact]
    public void A_key_that_comes_or_goes_makes_cursors_invalid_until_they_seek()
    {
        OrderedMap<int> map = OrderedMapTests.Fill(Enumerable.Range(0, 10));
        OrderedMapCursor<int> cursor = map.OpenCursor();
        foreach (Action change in new Action[]
        {
            () => map.Set(OrderedMapTests.KeyOf(11), 11),
            () => map.Remove(OrderedMapTests.KeyOf(11)),
        })
        {
            Assert.True(cursor.SeekFirst());
            change();
            Assert.Throws<InvalidOperationException>(() => cursor.CurrentKey);
            Assert.Throws<InvalidOperationException>(() => cursor.CurrentValue);
            Assert.Throws<InvalidOperationException>(() => cursor.MoveNext());
            Assert.Throws<InvalidOperationException>(() => cursor.MovePrevious());
        }

        Assert.True(cursor.SeekLast());
        map.Clear();
        Assert.Throws<InvalidOperationException>(() => cursor.MovePrevious());
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
    public void Overwriting_leaves_a_cursor_where_it_is()
    {
        OrderedMap<int> map = OrderedMapTests.Fill(Enumerable.Range(0, 10));
        OrderedMapCursor<int> cursor = map.OpenCursor();
        Assert.True(cursor.MoveNext());
        map.Set(cursor.CurrentKey, 100);
        Assert.Equal(100, cursor.CurrentValue);
        Assert.True(cursor.MoveNext());
    }

    [Fact]
    public void A_cursor_off_the_entries_has_no_current_entry()
    {
        OrderedMapCursor<int> cursor = OrderedMapTests.Fill([1]).OpenCursor();
        Assert.Throws<InvalidOperationException>(() => cursor.CurrentKey);
        Assert.Throws<InvalidOperationException>(() => cursor.CurrentValue);
    }

    [Fact]
    public void A_range_is_from_its_first_key_up_to_without_its_end()
    {
        OrderedMap<int> map = OrderedMapTests.Fill(Enumerable.Range(0, 400));
        Gen<int?> bounds = Gen.Int[-3, 403].Nullable();
        Gen.Select(bounds, bounds).Sample((from, to) =>
        {
            OrderedMapRange<int> range = map.Range(
                from is null ? null : OrderedMapTests.KeyOf(from.Value),
                to is null ? null : OrderedMapTests.KeyOf(to.Value));
            IEnumerable<int> expected = Enumerable.Range(0, 400)
                .Where(number => number >= (from ?? 0) && number < (to ?? 400));
            Assert.Equal(expected, OrderedMapTests.Read(range).Select(entry => entry.Value));
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

    private static void CheckSeek(
        bool found, OrderedMapCursor<int> cursor, IEnumerable<int> nearestFirst)
    {
        int[] nearest = [.. nearestFirst.Take(1)];
        Assert.Equal(nearest.Length == 1, found);
        Assert.Equal(found, cursor.IsOnEntry);
        if (found)
            Assert.Equal(nearest[0], cursor.CurrentValue);
    }
}
