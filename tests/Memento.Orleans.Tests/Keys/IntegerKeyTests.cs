using CsCheck;

namespace Memento.Tests.Keys;

public sealed class IntegerKeyTests
{
    private enum Small : byte
    {
        First,
        Last = byte.MaxValue,
    }

    private enum Signed : long
    {
        Lowest = long.MinValue,
        Zero = 0,
        Highest = long.MaxValue,
    }

    private enum Unsigned : ulong
    {
        Zero = 0,
        Highest = ulong.MaxValue,
    }

    [Fact]
    public void Integers_of_every_width_sort_by_value()
    {
        KeyOrder.Check(Gen.SByte);
        KeyOrder.Check(Gen.Byte);
        KeyOrder.Check(Gen.Short);
        KeyOrder.Check(Gen.UShort);
        KeyOrder.Check(WithEdges(Gen.Int, int.MinValue, -1, 0, 1, int.MaxValue));
        KeyOrder.Check(WithEdges(Gen.UInt, 0u, 1u, uint.MaxValue));
        KeyOrder.Check(WithEdges(Gen.Long, long.MinValue, -1, 0, 1, long.MaxValue));
        KeyOrder.Check(WithEdges(Gen.ULong, 0u, 1u, 1UL << 63, ulong.MaxValue));
    }

    [Fact]
    public void A_negative_number_sorts_before_zero()
        => Assert.True(KeyOrder.Encode(-1).AsSpan().SequenceCompareTo(KeyOrder.Encode(0)) < 0);

    [Fact]
    public void Enums_sort_by_their_integers()
    {
        KeyOrder.Check(Gen.Byte.Select(value => (Small)value));
        KeyOrder.Check(WithEdges(
            Gen.Long.Select(value => (Signed)value), Signed.Lowest, Signed.Zero, Signed.Highest));
        KeyOrder.Check(WithEdges(
            Gen.ULong.Select(value => (Unsigned)value), Unsigned.Zero, Unsigned.Highest));
    }

    [Fact]
    public void Bool_and_char_sort_by_value()
    {
        KeyOrder.Check(Gen.Bool);
        KeyOrder.Check(WithEdges(Gen.Char[char.MinValue, char.MaxValue], '\0', '\uD800', '\uFFFF'));
    }

    [Fact]
    public void A_wider_property_keeps_the_bytes_of_what_is_stored()
        => Gen.SByte.Where(value => value >= 0).Sample(value =>
        {
            byte[] expected = KeyOrder.Encode((long)value);
            Assert.Equal(expected, KeyOrder.Encode(value));
            Assert.Equal(expected, KeyOrder.Encode((byte)value));
            Assert.Equal(expected, KeyOrder.Encode((short)value));
            Assert.Equal(expected, KeyOrder.Encode((ushort)value));
            Assert.Equal(expected, KeyOrder.Encode((int)value));
            Assert.Equal(expected, KeyOrder.Encode((uint)value));
        });

    [Fact]
    public void The_stored_form_of_a_number_never_changes()
    {
        Assert.Equal("8000000000000001", Convert.ToHexString(KeyOrder.Encode(1)));
        Assert.Equal("7FFFFFFFFFFFFFFF", Convert.ToHexString(KeyOrder.Encode(-1L)));
        Assert.Equal("0000000000000001", Convert.ToHexString(KeyOrder.Encode(1UL)));
        Assert.Equal("8000000000000001", Convert.ToHexString(KeyOrder.Encode(DayOfWeek.Monday)));
        Assert.Equal("01", Convert.ToHexString(KeyOrder.Encode(true)));
        Assert.Equal("0041", Convert.ToHexString(KeyOrder.Encode('A')));
    }

    [Fact]
    public void A_stored_number_that_a_narrowed_property_cannot_hold_is_refused()
    {
        byte[] stored = KeyOrder.Encode(300);
        InvalidDataException error = Assert.Throws<InvalidDataException>(
            () => KeyOrder.CodecOf<byte>().DecodeValue(stored));
        Assert.Contains("300 does not fit into byte", error.Message, StringComparison.Ordinal);
    }

    private static Gen<T> WithEdges<T>(Gen<T> values, params T[] edges)
        => Gen.Frequency((3, values), (1, Gen.OneOf(edges)));
}
