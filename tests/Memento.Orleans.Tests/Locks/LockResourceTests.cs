using Memento.Invariants;
using Memento.Keys;
using Memento.Locks;

namespace Memento.Tests.Locks;

public sealed class LockResourceTests
{
    private static readonly KeySpace Other = KeySpace.ValuesOf(0);

    [Fact]
    public void The_partition_is_the_default_value_and_no_key()
    {
        Assert.True(LockResource.Partition.IsPartition);
        Assert.Equal(default, LockResource.Partition);
        Assert.NotEqual(LockResource.Record(new Key([])), LockResource.Partition);
    }

    [Fact]
    public void A_resource_is_its_key_space_and_the_bytes_of_its_key()
    {
        LockResource record = LockResource.Record(new Key([1, 2]));
        LockResource same = LockResource.InSpace(KeySpace.Records, new Key([1, 2]));

        Assert.Equal(record, same);
        Assert.Equal(record.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(record, LockResource.InSpace(Other, new Key([1, 2])));
        Assert.NotEqual(record, LockResource.Record(new Key([1, 3])));
    }

    [Fact]
    public void A_range_is_its_key_space_and_both_its_ends()
    {
        var one = new Key([1]);
        var two = new Key([2]);
        LockResource range = LockResource.Range(KeySpace.Records, one, two);

        Assert.Equal(range, LockResource.Range(KeySpace.Records, new Key([1]), new Key([2])));
        Assert.Equal(range.GetHashCode(), RangeOf([1], [2]).GetHashCode());
        Assert.Equal(RangeOf([1], null), RangeOf([1], null));
        Assert.NotEqual(range, LockResource.Range(Other, one, two));
        Assert.NotEqual(range, LockResource.Range(KeySpace.Records, one, new Key([3])));
        Assert.NotEqual(range, LockResource.Range(KeySpace.Records, one, null));
        Assert.NotEqual(range, LockResource.InSpace(KeySpace.Records, one));
        Assert.NotEqual(RangeOf([1], [0]), RangeOf([1], null));
    }

    [Fact]
    public void A_range_covers_what_begins_and_ends_in_it()
    {
        LockResource range = LockResource.Range(KeySpace.Records, new Key([2]), new Key([5]));
        LockResource open = LockResource.Range(KeySpace.Records, new Key([2]), null);

        Assert.True(range.Covers(range));
        Assert.True(range.Covers(LockResource.Range(KeySpace.Records, new Key([3]), new Key([4]))));
        Assert.False(range.Covers(RangeOf([1], [4])));
        Assert.False(range.Covers(RangeOf([3], [5, 0])));
        Assert.False(range.Covers(open));
        Assert.False(range.Covers(LockResource.Range(Other, new Key([3]), new Key([4]))));
        Assert.True(open.Covers(range));
        Assert.True(open.Covers(open));
    }

    [Fact]
    public void A_key_is_in_a_key_space_and_not_in_the_partition()
    {
        var key = new Key([1]);
        Assert.False(LockResource.InSpace(KeySpace.EntriesOf(0), key).IsPartition);
        Assert.Throws<BrokenInvariantException>(
            () => LockResource.InSpace(LockResource.Partition.Space, key));
    }

    [Fact]
    public void A_resource_says_what_it_is()
    {
        Assert.Equal("partition", LockResource.Partition.ToString());
        Assert.Equal("records 01", LockResource.Record(new Key([1])).ToString());
        Assert.Equal(
            "entries of index 0 from 01 to 02",
            LockResource.Range(KeySpace.EntriesOf(0), new Key([1]), new Key([2])).ToString());
        Assert.Equal("records from 01 to the end", RangeOf([1], null).ToString());
    }

    private static LockResource RangeOf(byte[] from, byte[]? to)
        => LockResource.Range(KeySpace.Records, new Key(from), to is null ? null : new Key(to));
}
