using System.Numerics;
using System.Runtime.CompilerServices;

namespace Memento.Keys;

/// <summary>
/// Every integer that fits into a long, in eight bytes whatever its width. So a property can be
/// widened later without a change of any stored byte.
/// </summary>
internal sealed class IntegerKeyComponent<T> : KeyComponent<T>
    where T : struct, IBinaryInteger<T>
{
    public override void Write(ref KeyWriter writer, T value)
        => writer.WriteInt64(long.CreateTruncating(value));

    public override T Read(ref KeyReader reader)
    {
        long stored = reader.ReadInt64();
        T value = T.CreateTruncating(stored);
        if (long.CreateTruncating(value) != stored)
            throw KeyReader.Damaged($"the stored {stored} does not fit into {TypeName.Of<T>()}");

        return value;
    }
}

/// <summary>
/// Eight bytes, big-endian. It is the only integer type whose values do not all fit into a long.
/// </summary>
internal sealed class UInt64KeyComponent : KeyComponent<ulong>
{
    public override void Write(ref KeyWriter writer, ulong value) => writer.WriteUInt64(value);

    public override ulong Read(ref KeyReader reader) => reader.ReadUInt64();
}

/// <summary>
/// A float as the double of the same value. So a property can be widened later without a change of
/// any stored byte, as with integers.
/// </summary>
internal sealed class SingleKeyComponent : KeyComponent<float>
{
    public override void Write(ref KeyWriter writer, float value)
        => DoubleKeyComponent.WriteNumber(ref writer, value);

    public override float Read(ref KeyReader reader)
    {
        double stored = DoubleKeyComponent.ReadNumber(ref reader);
        float value = (float)stored;
        if (value != stored)
            throw KeyReader.Damaged($"the stored {stored:R} does not fit into float");

        return value;
    }
}

/// <summary>
/// The IEEE bits, changed so that their order is the order of the numbers: all bits of a negative
/// number are flipped, and the sign bit of any other number. Both zeros are the same key, as they
/// are equal in C#.
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

/// <summary>An enum as its integer, also where the value has no name.</summary>
internal sealed class EnumKeyComponent<TEnum, TInteger>(KeyComponent<TInteger> integer)
    : KeyComponent<TEnum>
    where TEnum : struct, Enum
    where TInteger : struct
{
    public override void Write(ref KeyWriter writer, TEnum value)
        => integer.Write(ref writer, Unsafe.BitCast<TEnum, TInteger>(value));

    public override TEnum Read(ref KeyReader reader)
        => Unsafe.BitCast<TInteger, TEnum>(integer.Read(ref reader));
}
