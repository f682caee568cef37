using Memento.Partitions.Locks;
using Memento.Tables.Keys;

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
}
