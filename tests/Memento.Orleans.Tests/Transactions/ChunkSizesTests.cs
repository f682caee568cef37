using Memento.Transactions.Reading;

namespace Memento.Tests.Transactions;

public sealed class ChunkSizesTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_message_is_asked_for_more_records_than_it_may_carry(bool isSorted)
    {
        foreach (int? reach in (int?[])[null, 0, 1, ChunkSizes.MaxRecords + 1, int.MaxValue])
        {
            ChunkSizes sizes = ChunkSizes.For(reach, partitions: 1, isSorted, isLocal: false);
            for (int parts = 0; parts < 9; parts++)
                Assert.InRange(sizes.Next(parts) ?? int.MaxValue, 1, ChunkSizes.MaxRecords);
        }
    }

    [Fact]
    public void In_a_silo_a_partition_that_sorts_is_asked_once()
        => Assert.Equal(
            100_000,
            ChunkSizes.For(100_000, partitions: 16, isSorted: true, isLocal: true).Next(0));
}
