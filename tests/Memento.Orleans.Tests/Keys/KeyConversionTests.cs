using Memento.Keys;

namespace Memento.Tests.Keys;

public sealed class KeyConversionTests
{
    private const string Property = "key property 'Id' of table 'Movie'";

    public static TheoryData<object> Sevens =>
        [(sbyte)7, (byte)7, (short)7, (ushort)7, 7, 7u, 7L, 7UL];

    [Theory]
    [MemberData(nameof(Sevens))]
    public void An_integer_of_any_width_becomes_one_of_the_propertys_width(object key)
    {
        foreach (object expected in Sevens.Select(row => row.Data))
        {
            object converted = KeyConversion.Convert(key, expected.GetType(), Property);
            Assert.Equal(expected.GetType(), converted.GetType());
            Assert.Equal(expected, converted);
        }
    }

    [Fact]
    public void A_value_of_the_propertys_type_is_taken_as_it_is()
    {
        object key = Guid.NewGuid();
        Assert.Same(key, KeyConversion.Convert(key, typeof(Guid), Property));
        Assert.Same(key, KeyConversion.Convert(key, typeof(Guid?), Property));
    }

    [Fact]
    public void A_nullable_property_takes_what_its_type_takes()
        => Assert.Equal(7L, KeyConversion.Convert(7, typeof(long?), Property));

    [Theory]
    [InlineData(256, typeof(byte))]
    [InlineData(-1, typeof(byte))]
    [InlineData(-1, typeof(ulong))]
    [InlineData(128, typeof(sbyte))]
    [InlineData(ulong.MaxValue, typeof(long))]
    [InlineData(uint.MaxValue, typeof(int))]
    [InlineData(long.MinValue, typeof(int))]
    public void An_integer_that_does_not_fit_is_out_of_range(object key, Type type)
        => Assert.Throws<ArgumentOutOfRangeException>(
            () => KeyConversion.Convert(key, type, Property));

    [Fact]
    public void An_integer_at_the_edge_of_the_range_fits()
    {
        Assert.Equal(byte.MaxValue, KeyConversion.Convert(255L, typeof(byte), Property));
        Assert.Equal(
            long.MaxValue, KeyConversion.Convert((ulong)long.MaxValue, typeof(long), Property));
        Assert.Equal(
            int.MinValue, KeyConversion.Convert((long)int.MinValue, typeof(int), Property));
    }

    [Fact]
    public void The_message_about_a_range_names_value_type_and_range()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(
            () => KeyOrder.CodecOf<byte>().EncodeArgument(300));
        Assert.StartsWith(
            "The key 300 is out of range for key property 'Id' of table 'Movie', which is of type "
            + "byte. Pass a value from 0 to 255.",
            error.Message,
            StringComparison.Ordinal);
        Assert.Equal("key", error.ParamName);
        Assert.Equal(300, error.ActualValue);
    }

    [Fact]
    public void The_message_about_a_type_names_both_and_what_to_pass()
    {
        var error = Assert.Throws<ArgumentException>(
            () => KeyOrder.CodecOf<int>().EncodeArgument("seven"));
        Assert.StartsWith(
            "The key for key property 'Id' of table 'Movie' is of type string, but the property is "
            + "of type int. Pass an int or an integer of another width in its range.",
            error.Message,
            StringComparison.Ordinal);

        error = Assert.Throws<ArgumentException>(
            () => KeyOrder.CodecOf<Guid>().EncodeArgument("seven"));
        Assert.StartsWith(
            "The key for key property 'Id' of table 'Movie' is of type string, but the property is "
            + "of type Guid. Pass a Guid.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Null_is_refused_as_null()
    {
        var error = Assert.Throws<ArgumentNullException>(
            () => KeyOrder.CodecOf<string>().EncodeArgument(null));
        Assert.StartsWith(
            "The key for key property 'Id' of table 'Movie' is null. Pass a string.",
            error.Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => KeyOrder.CodecOf<string>().Encode(null!));
    }

    [Theory]
    [InlineData(1, typeof(DayOfWeek))]
    [InlineData(DayOfWeek.Monday, typeof(int))]
    [InlineData(DayOfWeek.Monday, typeof(DateTimeKind))]
    [InlineData(1, typeof(decimal))]
    [InlineData(1, typeof(double))]
    [InlineData(1.0, typeof(int))]
    [InlineData('a', typeof(int))]
    [InlineData(97, typeof(char))]
    [InlineData(1.0f, typeof(double))]
    [InlineData("1", typeof(int))]
    [InlineData(true, typeof(int))]
    public void What_is_not_an_integer_is_never_converted(object key, Type type)
    {
        var error = Assert.Throws<ArgumentException>(
            () => KeyConversion.Convert(key, type, Property));
        Assert.Contains(TypeName.Of(key.GetType()), error.Message, StringComparison.Ordinal);
        Assert.Contains(TypeName.Of(type), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_enum_is_not_taken_for_its_integer_by_a_codec_either()
        => Assert.Throws<ArgumentException>(
            () => KeyOrder.CodecOf<int>().EncodeArgument(DayOfWeek.Monday));

    [Theory]
    [InlineData(typeof(int?), "int?")]
    [InlineData(typeof((long, string)), "(long, string)")]
    [InlineData(typeof(List<bool>), "List<bool>")]
    [InlineData(typeof(byte[]), "Byte[]")]
    [InlineData(typeof(DayOfWeek), "DayOfWeek")]
    [InlineData(typeof(object), "object")]
    public void A_type_is_named_as_in_a_program(Type type, string name)
        => Assert.Equal(name, TypeName.Of(type));
}
