using Memento.Keys;
using Memento.Locks;

namespace Memento.Tests.Locks;

public sealed class LockResourceTests
{
    [Fact]
    public void The_partition_is_the_default_value_and_no_key()
    {
        Assert.True(LockResource.Partition.IsPartition);
        Assert.Equal(default, LockResource.Partition);
        Assert.NotEqual(LockResource.Record(new Key([])), LockResource.Partition);
    }

    [Fact]
    public void A_resource_is_its_store_and_the_bytes_of_its_key()
    {
        LockResource record = LockResource.Record(new Key([1, 2]));
        LockResource same = LockResource.InStore(LockResource.RecordStore, new Key([1, 2]));

        Assert.Equal(record, same);
        Assert.Equal(record.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(record, LockResource.InStore(1, new Key([1, 2])));
        Assert.NotEqual(record, LockResource.Record(new Key([1, 3])));
    }

    [Fact]
    public void A_range_is_its_store_and_both_its_ends()
    {
        var one = new Key([1]);
        var two = new Key([2]);
        LockResource range = LockResource.Range(0, one, two);

        Assert.Equal(range, LockResource.Range(0, new Key([1]), new Key([2])));
        Assert.Equal(
            range.GetHashCode(), LockResource.Range(0, new Key([1]), new Key([2])).GetHashCode());
        Assert.Equal(LockResource.Range(0, one, null), LockResource.Range(0, one, null));
        Assert.NotEqual(range, LockResource.Range(1, one, two));
        Assert.NotEqual(range, LockResource.Range(0, one, new Key([3])));
        Assert.NotEqual(range, LockResource.Range(0, one, null));
        Assert.NotEqual(range, LockResource.InStore(0, one));
        Assert.NotEqual(LockResource.Range(0, one, new Key([0])), LockResource.Range(0, one, null));
    }

    [Fact]
    public void A_range_covers_what_begins_and_ends_in_it()
    {
        LockResource range = LockResource.Range(0, new Key([2]), new Key([5]));
        LockResource open = LockResource.Range(0, new Key([2]), null);

        Assert.True(range.Covers(range));
        Assert.True(range.Covers(LockResource.Range(0, new Key([3]), new Key([4]))));
        Assert.False(range.Covers(LockResource.Range(0, new Key([1]), new Key([4]))));
        Assert.False(range.Covers(LockResource.Range(0, new Key([3]), new Key([5, 0]))));
        Assert.False(range.Covers(open));
        Assert.False(range.Covers(LockResource.Range(1, new Key([3]), new Key([4]))));
        Assert.True(open.Covers(range));
        Assert.True(open.Covers(open));
    }

    [Fact]
    public void Each_index_has_a_store_of_its_own()
    {
        Assert.Equal([-2, -3, -4], Enumerable.Range(0, 3).Select(LockResource.IndexStore));
        var key = new Key([1]);
        Assert.False(LockResource.InStore(LockResource.IndexStore(0), key).IsPartition);
        Assert.Throws<System.Diagnostics.UnreachableException>(
            () => LockResource.InStore(LockResource.Partition.Store, key));
    }

    [Fact]
    public void A_resource_says_what_it_is()
    {
        Assert.Equal("partition", LockResource.Partition.ToString());
        Assert.Equal("store 0 key 01", LockResource.Record(new Key([1])).ToString());
        Assert.Equal(
            "store -2 from 01 to 02",
            LockResource.Range(LockResource.IndexStore(0), new Key([1]), new Key([2])).ToString());
        Assert.Equal(
            "store 0 from 01 to the end", LockResource.Range(0, new Key([1]), null).ToString());
    }
}
