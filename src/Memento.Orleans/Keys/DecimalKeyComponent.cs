using System.Buffers.Binary;

namespace Memento.Keys;

/// <summary>
/// A decimal as 0.ddd… × 10^exponent, with 29 digits of which the first is not zero: one byte of
/// sign and exponent, then the digits as a number in 13 bytes; all 14 flipped for a negative
/// number. Zero is one byte. Equal numbers (1.0, 1.00) are the same key; it is read back with the
/// fewest decimals.
/// </summary>
internal sealed class DecimalKeyComponent : KeyComponent<decimal>
{
    /// <summary>As many digits as <see cref="decimal.MaxValue"/> has.</summary>
    private const int Digits = 29;
    private const int LargestScale = 28;
    private const int Length = 14;
    private const byte Zero = 0x80;

    /// <summary>
    /// The first byte of a positive number, minus its exponent, which is -27 or more.
    /// </summary>
    private const int ExponentBase = Zero + LargestScale;

    private static readonly UInt128[] PowersOfTen = MakePowersOfTen();

    public override void Write(ref KeyWriter writer, decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        UInt128 coefficient = new((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        if (coefficient == 0)
        {
            writer.Reserve(1)[0] = Zero;
            return;
        }

        int digits = CountDigits(coefficient);
        int exponent = digits - ((bits[3] >> 16) & 0xFF);
        UInt128 mantissa = coefficient * PowersOfTen[Digits - digits];

        Span<byte> target = writer.Reserve(Length);
        target[0] = (byte)(ExponentBase + exponent);
        target[1] = (byte)(mantissa >> 96);
        BinaryPrimitives.WriteUInt32BigEndian(target[2..], (uint)(mantissa >> 64));
        BinaryPrimitives.WriteUInt64BigEndian(target[6..], (ulong)mantissa);
        if (bits[3] < 0) Flip(target);
    }

    public override decimal Read(ref KeyReader reader)
    {
        if (!reader.Rest.IsEmpty && reader.Rest[0] == Zero)
        {
            reader.Read(1);
            return 0m;
        }

        Span<byte> stored = stackalloc byte[Length];
        reader.Read(Length).CopyTo(stored);
        bool negative = stored[0] < Zero;
        if (negative) Flip(stored);

        UInt128 mantissa = new(
            ((ulong)stored[1] << 32) | BinaryPrimitives.ReadUInt32BigEndian(stored[2..]),
            BinaryPrimitives.ReadUInt64BigEndian(stored[6..]));
        int scale = Digits - (stored[0] - ExponentBase);
        return ToDecimal(mantissa, scale, negative);
    }

    private static decimal ToDecimal(UInt128 mantissa, int scale, bool negative)
    {
        // At most 28 zeros end the 29 digits, so the powers 16, 8, 4, 2, 1 take all of them.
        for (int zeros = 16; zeros > 0; zeros /= 2)
        {
            if (scale < zeros) continue;

            (UInt128 quotient, UInt128 rest) = UInt128.DivRem(mantissa, PowersOfTen[zeros]);
            if (rest != 0) continue;

            mantissa = quotient;
            scale -= zeros;
        }

        if (scale is < 0 or > LargestScale || mantissa >> 96 != 0)
            throw KeyReader.Damaged("the number is no decimal");

        ulong low = (ulong)mantissa;
        return new decimal(
            (int)low, (int)(low >> 32), (int)(uint)(mantissa >> 64), negative, (byte)scale);
    }

    private static int CountDigits(UInt128 value)
    {
        int digits = 1;
        while (digits < Digits && value >= PowersOfTen[digits])
            digits++;

        return digits;
    }

    private static void Flip(Span<byte> bytes)
    {
        foreach (ref byte value in bytes)
            value = (byte)~value;
    }

    private static UInt128[] MakePowersOfTen()
    {
        UInt128[] powers = new UInt128[Digits];
        powers[0] = 1;
        for (int index = 1; index < powers.Length; index++)
            powers[index] = powers[index - 1] * 10;

        return powers;
    }
}
