using CsCheck;

namespace Memento.Tests.Keys;

public sealed class NumberKeyTests
{
    private static readonly Gen<decimal> Decimals = Gen.Frequency(
        (3, Gen.Select(Gen.Int, Gen.Int, Gen.Int, Gen.Bool, Gen.Int[0, 28])
            .Select((low, middle, high, negative, scale)
                => new decimal(low, middle, high, negative, (byte)scale))),
        (3, Gen.Select(Gen.Int[-2000, 2000], Gen.Int[0, 28])
            .Select((number, scale)
                => new decimal(Math.Abs(number), 0, 0, number < 0, (byte)scale))),
        (1, Gen.OneOf(
            decimal.MinValue,
            decimal.MaxValue,
            decimal.MaxValue - 1,
            decimal.Zero,
            -0.00m,
            decimal.One,
            1.00m,
            0.1m,
            0.0000000000000000000000000001m,
            -0.0000000000000000000000000001m,
            7.9228162514264337593543950335m)));

    private static readonly Gen<double> Doubles = Gen.Frequency(
        (3, Gen.ULong.Select(BitConverter.UInt64BitsToDouble)
            .Where(number => !double.IsNaN(number))),
        (1, Gen.Double[-10, 10]),
        (1, Gen.OneOf(
            0.0,
            -0.0,
            double.Epsilon,
            -double.Epsilon,
            double.MinValue,
            double.MaxValue,
            double.NegativeInfinity,
            double.PositiveInfinity)));

    [Fact]
    public void Decimals_sort_by_value_and_come_back_equal() => KeyOrder.Check(Decimals);

    [Fact]
    public void Doubles_and_floats_sort_by_value()
    {
        KeyOrder.Check(Doubles);
        KeyOrder.Check(
            Doubles.Select(number => (float)number).Where(number => !float.IsNaN(number)));
    }

    [Fact]
    public void Equal_decimals_have_the_same_bytes_whatever_their_zeros()
    {
        Assert.Equal(KeyOrder.Encode(1m), KeyOrder.Encode(1.00m));
        Assert.Equal(KeyOrder.Encode(1000m), KeyOrder.Encode(1000.000m));
        Assert.Equal(KeyOrder.Encode(0m), KeyOrder.Encode(-0.00m));
        Assert.Equal(
            KeyOrder.Encode(1m), KeyOrder.Encode(1.0000000000000000000000000000m));
    }

    [Fact]
    public void The_stored_form_of_a_decimal_never_changes()
    {
        Assert.Equal("80", Convert.ToHexString(KeyOrder.Encode(0m)));
        Assert.Equal(
            "9D00204FCE5E3E25026110000000", Convert.ToHexString(KeyOrder.Encode(1m)));
    }

    [Fact]
    public void Both_zeros_of_a_double_are_one_key()
    {
        Assert.Equal(KeyOrder.Encode(0.0), KeyOrder.Encode(-0.0));
        Assert.Equal(KeyOrder.Encode(0.0f), KeyOrder.Encode(-0.0f));
    }

    [Fact]
    public void A_float_keeps_its_bytes_when_the_property_becomes_a_double()
        => Assert.Equal(KeyOrder.Encode(1.5), KeyOrder.Encode(1.5f));

    [Fact]
    public void NaN_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => KeyOrder.Encode(double.NaN));
        Assert.Contains(
            "NaN has no place in an order", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => KeyOrder.Encode(float.NaN));
        Assert.Throws<ArgumentException>(
            () => KeyOrder.CodecOf<double>().EncodeArgument(-double.NaN));
    }

    [Fact]
    public void Bytes_that_are_no_decimal_are_refused()
    {
        byte[] stored = KeyOrder.Encode(decimal.MaxValue);
        stored.AsSpan(1).Fill(byte.MaxValue);
        Assert.Throws<InvalidDataException>(
            () => KeyOrder.CodecOf<decimal>().DecodeValue(stored));
        Assert.Throws<InvalidDataException>(
            () => KeyOrder.CodecOf<decimal>().DecodeValue(stored.AsSpan(0, 5)));
    }
}
