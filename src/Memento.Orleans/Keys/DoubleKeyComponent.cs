namespace Memento.Keys;

/// <summary>
/// The IEEE bits, turned so that their order is that of the numbers: a negative number has all bits
/// flipped, another one its sign. Both zeros are the same key, as they are equal in C#.
/// </summary>
internal sealed class DoubleKeyComponent : KeyComponent<double>
{
    public override void Write(ref KeyWriter writer, double value)
        => WriteNumber(ref writer, value);

    public override double Read(ref KeyReader reader) => ReadNumber(ref reader);

    public static void WriteNumber(ref KeyWriter writer, double value)
    {
        if (double.IsNaN(value))
            throw new ArgumentException(
                "NaN has no place in an order; a key or an indexed value must be a number or an "
                + "infinity.",
                nameof(value));

        ulong bits = value == 0 ? 0 : BitConverter.DoubleToUInt64Bits(value);
        bool negative = (bits & KeyWriter.SignBit) != 0;
        writer.WriteUInt64(negative ? ~bits : bits | KeyWriter.SignBit);
    }

    public static double ReadNumber(ref KeyReader reader)
    {
        ulong stored = reader.ReadUInt64();
        bool negative = (stored & KeyWriter.SignBit) == 0;
        double value = BitConverter.UInt64BitsToDouble(
            negative ? ~stored : stored & ~KeyWriter.SignBit);
        return double.IsNaN(value) ? throw KeyReader.Damaged("NaN is no key") : value;
    }
}
