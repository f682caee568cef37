using System.Text;

namespace Memento.Keys;

/// <summary>
/// A string in ordinal order, the order of its UTF-16 units. Each unit is written by itself as
/// UTF-8 would, in one to three bytes, surrogates too: real UTF-8 would sort by code point, and
/// could not hold a lone surrogate. A zero byte ends the string; the units 0 and 1 are escaped to
/// make it unique.
/// </summary>
internal sealed class StringKeyComponent : KeyComponent<string>
{
    private const byte Terminator = 0;
    private const byte Escape = 1;

    /// <summary>
    /// Units from here to <see cref="LastPlain"/> are one byte each, their own value.
    /// </summary>
    private const byte FirstPlain = 2;
    private const byte LastPlain = 0x7F;
    private const char LastOfTwoBytes = '\u07FF';
    private const int StackUnits = 256;

    public override void Write(ref KeyWriter writer, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Span<byte> target = writer.Reserve(EncodedLength(value) + 1);
        if (target.Length == value.Length + 1)
            Ascii.FromUtf16(value, target, out _);
        else
            WriteUnits(value, target);

        target[^1] = Terminator;
    }

    public override string Read(ref KeyReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.ReadUntil(Terminator);
        if (!bytes.ContainsAnyExceptInRange(FirstPlain, LastPlain))
            return Encoding.ASCII.GetString(bytes);

        Span<char> units = bytes.Length <= StackUnits
            ? stackalloc char[StackUnits]
            : new char[bytes.Length];
        int count = 0;
        while (!bytes.IsEmpty)
            units[count++] = ReadUnit(ref bytes);

        return new string(units[..count]);
    }

    private static int EncodedLength(ReadOnlySpan<char> value)
    {
        int plain = value.IndexOfAnyExceptInRange((char)FirstPlain, (char)LastPlain);
        if (plain < 0) return value.Length;

        int length = plain;
        foreach (char unit in value[plain..])
            length = checked(length + EncodedLength(unit));

        return length;
    }

    private static int EncodedLength(char unit) => unit switch
    {
        < (char)FirstPlain => 2,
        <= (char)LastPlain => 1,
        <= LastOfTwoBytes => 2,
        _ => 3,
    };

    private static void WriteUnits(ReadOnlySpan<char> value, Span<byte> target)
    {
        int at = 0;
        foreach (char unit in value)
        {
            if (unit < FirstPlain)
            {
                target[at++] = Escape;
                target[at++] = (byte)(unit + 1);
            }
            else if (unit <= LastPlain)
            {
                target[at++] = (byte)unit;
            }
            else if (unit <= LastOfTwoBytes)
            {
                target[at++] = (byte)(0xC0 | (unit >> 6));
                target[at++] = Continuation(unit);
            }
            else
            {
                target[at++] = (byte)(0xE0 | (unit >> 12));
                target[at++] = Continuation(unit >> 6);
                target[at++] = Continuation(unit);
            }
        }
    }

    private static char ReadUnit(ref ReadOnlySpan<byte> bytes)
    {
        byte first = bytes[0];
        int length = first switch
        {
            Escape => 2,
            <= LastPlain => 1,
            < 0xE0 => 2,
            _ => 3,
        };
        if (bytes.Length < length) throw KeyReader.Damaged("a character of a string is incomplete");

        int unit = length switch
        {
            1 => first,
            2 when first == Escape => bytes[1] - 1,
            2 => ((first & 0x1F) << 6) | (bytes[1] & 0x3F),
            _ => ((first & 0x0F) << 12) | ((bytes[1] & 0x3F) << 6) | (bytes[2] & 0x3F),
        };
        bytes = bytes[length..];
        return (char)unit;
    }

    private static byte Continuation(int bits) => (byte)(0x80 | (bits & 0x3F));
}
