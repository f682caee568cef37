using CsCheck;
using Memento.Keys;

namespace Memento.Tests.Keys;

public sealed class KeyCodecTests
{
    private static readonly Gen<string> Names =
        Gen.Char["\0\u0001ab\uFFFF"].Array[0, 3].Select(units => new string(units));

    [Fact]
    public void A_composite_key_sorts_by_its_parts_in_order()
    {
        KeyCodec codec = StringThenInt();
        Gen<(string, int)> keys = Gen.Select(Names, Gen.Int[-2, 2]);
        Gen.Select(keys, keys).Sample((left, right) =>
        {
            int expected = string.CompareOrdinal(left.Item1, right.Item1);
            if (expected == 0) expected = left.Item2.CompareTo(right.Item2);

            Key first = codec.EncodeArgument(left);
            Key second = codec.EncodeArgument(right);
            Assert.Equal(Math.Sign(expected), Math.Sign(first.CompareTo(second)));
            Assert.Equal((object)left, codec.Decode(first));
            Assert.Equal(expected == 0, first == second);
        });
    }

    [Fact]
    public void A_composite_key_begins_with_the_encoding_of_its_first_part()
    {
        Key key = StringThenInt().EncodeArgument(("Rush", 7));
        Assert.True(key.Bytes.AsSpan().StartsWith(KeyOrder.Encode("Rush")));
        Assert.True(key.Bytes.AsSpan().EndsWith(KeyOrder.Encode(7)));
    }

    [Fact]
    public void The_parts_of_a_tuple_are_converted_as_single_keys_are()
    {
        KeyCodec codec = StringThenInt();
        Key expected = codec.EncodeArgument(("Rush", 7));
        Assert.Equal(expected, codec.EncodeArgument(("Rush", 7L)));
        Assert.Equal(expected, codec.EncodeArgument(("Rush", (byte)7)));
        Assert.Equal(expected, codec.EncodeArgument(Tuple.Create("Rush", 7)));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => codec.EncodeArgument(("Rush", long.MaxValue)));
        Assert.Throws<ArgumentNullException>(() => codec.EncodeArgument(((string?)null, 7)));
        var error = Assert.Throws<ArgumentException>(() => codec.EncodeArgument(("Rush", "7")));
        Assert.Contains(
            "key property 'Year' of table 'Movie' is of type string, but the property is of type "
            + "int",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_no_tuple_of_the_parts_is_refused_with_both_types()
    {
        KeyCodec codec = StringThenInt();
        var error = Assert.Throws<ArgumentException>(() => codec.EncodeArgument("Rush"));
        Assert.StartsWith(
            "The key for table 'Movie' is of type string, but the table's key is (string Title, "
            + "int Year). Pass a tuple (string Title, int Year).",
            error.Message,
            StringComparison.Ordinal);

        error = Assert.Throws<ArgumentException>(() => codec.EncodeArgument(("Rush", 7, 7)));
        Assert.Contains("of type (string, int, int)", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => codec.EncodeArgument(null));
    }

    [Fact]
    public void A_tuple_is_no_key_of_a_table_with_one_key_property()
        => Assert.Throws<ArgumentException>(
            () => KeyOrder.CodecOf<int>().EncodeArgument((1, 2)));

    [Fact]
    public void A_key_of_nine_parts_comes_back_as_a_tuple_of_nine()
    {
        KeyCodec codec = KeyCodec.Create(
            "Wide",
            KeyOrder.Part<sbyte>("A"),
            KeyOrder.Part<string>("B"),
            KeyOrder.Part<bool>("C"),
            KeyOrder.Part<char>("D"),
            KeyOrder.Part<decimal>("E"),
            KeyOrder.Part<DayOfWeek>("F"),
            KeyOrder.Part<TimeSpan>("G"),
            KeyOrder.Part<ulong>("H"),
            KeyOrder.Part<float>("I"));
        var key = ((sbyte)-1, "b", true, 'd', -1.5m, DayOfWeek.Friday, TimeSpan.Zero, 8UL, 9f);
        Assert.Equal(key.GetType(), codec.ArgumentType);
        Assert.Equal((object)key, codec.Decode(codec.EncodeArgument(key)));
    }

    [Fact]
    public void A_nullable_property_is_encoded_as_its_type()
    {
        KeyCodec codec = KeyCodec.Create("Movie", KeyOrder.Part<int?>("Year"));
        Assert.Equal(typeof(int), codec.ArgumentType);
        Assert.Equal(KeyOrder.Encode(7), codec.EncodeArgument(7).Bytes);
    }

    [Fact]
    public void Bytes_of_another_key_are_refused()
    {
        KeyCodec codec = StringThenInt();
        byte[] bytes = codec.EncodeArgument(("Rush", 7)).Bytes;
        Assert.Throws<InvalidDataException>(() => codec.Decode(bytes.AsSpan(1..^1)));
        Assert.Throws<InvalidDataException>(() => codec.Decode([.. bytes, 0]));
        Assert.Throws<InvalidDataException>(() => KeyOrder.CodecOf<bool>().Decode([2]));
        Assert.Throws<InvalidDataException>(
            () => KeyOrder.CodecOf<DateTime>().Decode(KeyOrder.Encode(-1L)));
        Assert.Throws<InvalidDataException>(
            () => KeyOrder.CodecOf<double>().Decode(KeyOrder.Encode(ulong.MaxValue)));
    }

    [Theory]
    [InlineData(typeof(object))]
    [InlineData(typeof(byte[]))]
    [InlineData(typeof(nint))]
    [InlineData(typeof(Int128))]
    [InlineData(typeof((int, int)))]
    public void A_type_without_an_order_of_its_own_has_no_encoding(Type type)
    {
        Assert.False(KeyComponents.TryGet(type, out KeyComponent? component));
        Assert.Null(component);
    }

    [Fact]
    public void A_suffix_keeps_the_records_of_a_key_together_and_in_order()
        => Gen.Select(Names, Names, Gen.ULong, Gen.ULong).Sample((left, right, first, second) =>
        {
            SingleKeyCodec<string> codec = KeyOrder.CodecOf<string>();
            Key key = codec.Encode(left);
            Key one = KeyBytes.WithSuffix(key, first);
            Key other = KeyBytes.WithSuffix(codec.Encode(right), second);
            int expected = string.CompareOrdinal(left, right);
            if (expected == 0) expected = first.CompareTo(second);

            Assert.Equal(Math.Sign(expected), Math.Sign(one.CompareTo(other)));
            Assert.True(KeyBytes.WithoutSuffix(one.Bytes).SequenceEqual(key.Bytes));
            Assert.Equal(first, KeyBytes.ReadSuffix(one.Bytes));
        });

    [Fact]
    public void A_typed_key_of_usual_length_costs_one_allocation()
    {
        SingleKeyCodec<long> codec = KeyOrder.CodecOf<long>();
        long size = 0;
        for (int run = 0; run < 2; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            codec.Encode(run);
            size = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // An array's header and length are two or three words.
        Assert.InRange(size, sizeof(long), sizeof(long) + (3 * nint.Size));
    }

    private static KeyCodec StringThenInt() => KeyCodec.Create(
        "Movie", KeyOrder.Part<string>("Title"), KeyOrder.Part<int>("Year"));
}
