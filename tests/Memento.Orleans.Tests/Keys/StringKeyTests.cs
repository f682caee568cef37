using CsCheck;
using Memento.Keys;

namespace Memento.Tests.Keys;

public sealed class StringKeyTests
{
    private static readonly Gen<char> Units = Gen.Frequency(
        (4, Gen.Char['a', 'c']),
        (2, Gen.Char['\0', '\u0003']),
        (2, Gen.OneOf(
            '\u007F', '\u0080', '\u07FF', '\u0800', '\uD800', '\uDBFF', '\uDC00', '\uDFFF',
            '\uE000', '\uFFFF')),
        (1, Gen.Char[char.MinValue, char.MaxValue]));

    private static readonly Gen<string> Strings = Gen.Frequency(
        (4, Units.Array[0, 6].Select(units => new string(units))),
        (1, Units.Array[0, 400].Select(units => new string(units))),
        (1, Gen.Char['a', 'b'].Array[0, 200].Select(units => new string(units))));

    [Fact]
    public void Strings_sort_by_ordinal() => KeyOrder.Check(Strings, string.CompareOrdinal);

    [Fact]
    public void A_string_that_continues_another_differs_from_it_in_a_byte_that_both_have()
        => Gen.Select(Strings, Units).Sample((text, unit) =>
        {
            byte[] shorter = KeyOrder.Encode(text);
            byte[] longer = KeyOrder.Encode(text + unit);
            Assert.True(shorter.AsSpan().SequenceCompareTo(longer) < 0);
            Assert.False(longer.AsSpan().StartsWith(shorter));
        });

    [Theory]
    [InlineData("", "00")]
    [InlineData("ab", "616200")]
    [InlineData("\0", "010100")]
    [InlineData("\u0001", "010200")]
    [InlineData("\u0002", "0200")]
    [InlineData("é", "C3A900")]
    [InlineData("€", "E282AC00")]
    [InlineData("😀", "EDA0BDEDB88000")]
    public void The_stored_form_of_a_string_never_changes(string text, string bytes)
        => Assert.Equal(bytes, Convert.ToHexString(KeyOrder.Encode(text)));

    [Fact]
    public void A_lone_surrogate_comes_back_as_it_was()
    {
        string text = "a\uDC00\uD800";
        Assert.Equal(text, KeyOrder.CodecOf<string>().DecodeValue(KeyOrder.Encode(text)));
    }

    [Fact]
    public void A_character_beyond_the_basic_plane_sorts_before_the_end_of_that_plane()
    {
        // By code point it would be the other way round.
        byte[] emoji = KeyOrder.Encode("\U0001F600");
        Assert.True(emoji.AsSpan().SequenceCompareTo(KeyOrder.Encode("\uFFFD")) < 0);
    }

    [Theory]
    [InlineData(KeyWriter.StackBytes - 1)]
    [InlineData(KeyWriter.StackBytes)]
    [InlineData(KeyWriter.StackBytes + 1)]
    [InlineData(100_000)]
    public void Strings_longer_than_the_stack_buffer_come_back_as_they_were(int length)
    {
        foreach (char unit in "xé€\0")
        {
            string text = new(unit, length);
            Assert.Equal(text, KeyOrder.CodecOf<string>().DecodeValue(KeyOrder.Encode(text)));
        }
    }

    [Theory]
    [InlineData("6162")]
    [InlineData("C300")]
    [InlineData("E28200")]
    [InlineData("0100")]
    [InlineData("610000")]
    public void Bytes_that_are_no_string_are_refused(string bytes)
        => Assert.Throws<InvalidDataException>(
            () => KeyOrder.CodecOf<string>().DecodeValue(Convert.FromHexString(bytes)));
}
