using CsCheck;
using Memento.Keys;

namespace Memento.Tests.Keys;

public sealed class KeyBytesTests
{
    private static readonly Gen<byte[]> Keys = Gen.Frequency(
        (3, Gen.OneOf<byte>(0x00, 0x01, 0xFE, 0xFF).Array[0, 4]),
        (1, Gen.OneOf<byte>(0x00, 0xFF).Array[7, 10]),
        (1, Gen.Byte.Array[0, 12]));

    [Fact]
    public void The_end_of_a_prefix_parts_the_keys_with_it_from_those_after_it()
        => Gen.Select(Keys, Keys).Sample((prefix, key) =>
        {
            byte[]? end = KeyBytes.PrefixEnd(prefix);
            bool isInside = key.AsSpan().SequenceCompareTo(prefix) >= 0
                && (end is null || key.AsSpan().SequenceCompareTo(end) < 0);
            Assert.Equal(key.AsSpan().StartsWith(prefix), isInside);
        });

    [Theory]
    [InlineData("", null)]
    [InlineData("FF", null)]
    [InlineData("FFFF", null)]
    [InlineData("00", "01")]
    [InlineData("01FF", "02")]
    [InlineData("01FE", "01FF")]
    public void The_end_of_a_prefix_is_the_smallest_key_after_it(string prefix, string? end)
    {
        byte[]? found = KeyBytes.PrefixEnd(Convert.FromHexString(prefix));
        Assert.Equal(end, found is null ? null : Convert.ToHexString(found));
    }

    [Fact]
    public void Heads_that_differ_order_their_keys()
        => Gen.Select(Keys, Keys).Sample((left, right) =>
        {
            int order = KeyBytes.Head(left).CompareTo(KeyBytes.Head(right));
            Assert.True(
                order == 0
                || order == Math.Sign(left.AsSpan().SequenceCompareTo(right)));
        });
}
