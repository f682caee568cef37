using Memento.Keys;

namespace Memento.Tests.Keys;

public sealed class KeySpaceTests
{
    [Fact]
    public void All_key_spaces_are_told_apart_by_small_numbers()
    {
        KeySpace[] all =
        [
            default,
            KeySpace.Records,
            .. Enumerable.Range(0, 5).SelectMany(
                static index => new[] { KeySpace.ValuesOf(index), KeySpace.EntriesOf(index) }),
        ];

        Assert.Equal(Enumerable.Range(0, all.Length), all.Select(static each => each.Number));
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void A_key_space_knows_its_index()
    {
        for (int index = 0; index < 5; index++)
        {
            Assert.Equal(index, KeySpace.ValuesOf(index).Index);
            Assert.Equal(KeySpaceKind.Values, KeySpace.ValuesOf(index).Kind);
            Assert.Equal(index, KeySpace.EntriesOf(index).Index);
            Assert.Equal(KeySpaceKind.Entries, KeySpace.EntriesOf(index).Kind);
        }

        Assert.Null(KeySpace.Records.Index);
        Assert.Null(default(KeySpace).Index);
        Assert.Throws<ArgumentOutOfRangeException>(() => KeySpace.ValuesOf(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => KeySpace.EntriesOf(-1));
    }

    [Fact]
    public void A_key_space_says_what_its_keys_are()
    {
        Assert.Equal("records", KeySpace.Records.ToString());
        Assert.Equal("values of index 2", KeySpace.ValuesOf(2).ToString());
        Assert.Equal("entries of index 0", KeySpace.EntriesOf(0).ToString());
        Assert.Equal("nothing", default(KeySpace).ToString());
        Assert.Equal(KeySpaceKind.Nothing, default(KeySpace).Kind);
        Assert.True(KeySpace.Records.IsRecords);
        Assert.False(KeySpace.ValuesOf(0).IsRecords);
    }
}
