using System.Runtime.InteropServices;

namespace Memento.Queries;

/// <summary>Writes and reads the values that a guard can have.</summary>
internal static class ConstantCodec
{
    private const int GuidBytes = 16;

    public static void Write(BinaryWriter writer, object? value)
    {
        switch (value)
        {
            case null: Tag(writer, ConstantTag.Null); break;
            case bool item: Tag(writer, ConstantTag.Boolean).Write(item); break;
            case char item: Tag(writer, ConstantTag.Char).Write((ushort)item); break;
            case sbyte item: Tag(writer, ConstantTag.SByte).Write(item); break;
            case byte item: Tag(writer, ConstantTag.Byte).Write(item); break;
            case short item: Tag(writer, ConstantTag.Int16).Write(item); break;
            case ushort item: Tag(writer, ConstantTag.UInt16).Write(item); break;
            case int item: Tag(writer, ConstantTag.Int32).Write(item); break;
            case uint item: Tag(writer, ConstantTag.UInt32).Write(item); break;
            case long item: Tag(writer, ConstantTag.Int64).Write(item); break;
            case ulong item: Tag(writer, ConstantTag.UInt64).Write(item); break;
            case float item: Tag(writer, ConstantTag.Single).Write(item); break;
            case double item: Tag(writer, ConstantTag.Double).Write(item); break;
            case decimal item: Tag(writer, ConstantTag.Decimal).Write(item); break;
            case string item: WriteText(Tag(writer, ConstantTag.String), item); break;
            case Guid item: Tag(writer, ConstantTag.Guid).Write(item.ToByteArray()); break;
            case DateOnly item: Tag(writer, ConstantTag.DateOnly).Write(item.DayNumber); break;
            case TimeOnly item: Tag(writer, ConstantTag.TimeOnly).Write(item.Ticks); break;
            case TimeSpan item: Tag(writer, ConstantTag.TimeSpan).Write(item.Ticks); break;
            case DateTime item:
                Tag(writer, ConstantTag.DateTime).Write(item.Ticks);
                writer.Write((byte)item.Kind);
                break;
            case DateTimeOffset item:
                Tag(writer, ConstantTag.DateTimeOffset).Write(item.Ticks);
                writer.Write((short)item.TotalOffsetMinutes);
                break;
            case EnumConstant item:
                WriteText(Tag(writer, ConstantTag.Enum), item.TypeName);
                WriteText(writer, item.Text);
                Write(writer, item.Number);
                break;
            default:
                throw new InvalidOperationException($"'{value.GetType()}' is not a constant.");
        }
    }

    public static object? Read(BinaryReader reader) => (ConstantTag)reader.ReadByte() switch
    {
        ConstantTag.Null => null,
        ConstantTag.Boolean => reader.ReadBoolean(),
        ConstantTag.Char => (char)reader.ReadUInt16(),
        ConstantTag.Single => reader.ReadSingle(),
        ConstantTag.Double => reader.ReadDouble(),
        ConstantTag.Decimal => reader.ReadDecimal(),
        ConstantTag.String => ReadText(reader),
        ConstantTag.Guid => new Guid(reader.ReadBytes(GuidBytes)),
        ConstantTag.DateOnly => DateOnly.FromDayNumber(reader.ReadInt32()),
        ConstantTag.TimeOnly => new TimeOnly(reader.ReadInt64()),
        ConstantTag.TimeSpan => new TimeSpan(reader.ReadInt64()),
        ConstantTag.DateTime => GuardConstant.Normalize(
            new DateTime(reader.ReadInt64(), (DateTimeKind)reader.ReadByte())),
        ConstantTag.DateTimeOffset => new DateTimeOffset(
            reader.ReadInt64(), TimeSpan.FromMinutes((long)reader.ReadInt16())),
        ConstantTag.Enum => new EnumConstant(
            ReadText(reader),
            ReadText(reader),
            ReadInteger(reader, (ConstantTag)reader.ReadByte())),
        ConstantTag integer => ReadInteger(reader, integer),
    };

    /// <summary>
    /// Writes UTF-16 as it is in memory: a lone surrogate is a value like any other.
    /// </summary>
    public static void WriteText(BinaryWriter writer, string text)
    {
        writer.Write7BitEncodedInt(text.Length);
        foreach (char unit in text)
            writer.Write((ushort)unit);
    }

    public static string ReadText(BinaryReader reader)
    {
        int length = ReadCount(reader, sizeof(char));
        byte[] bytes = reader.ReadBytes(length * sizeof(char));
        if (BitConverter.IsLittleEndian) return new string(MemoryMarshal.Cast<byte, char>(bytes));

        return System.Text.Encoding.Unicode.GetString(bytes);
    }

    /// <summary>Reads a count. Refuses a count that the remaining bytes cannot hold.</summary>
    public static int ReadCount(BinaryReader reader, int bytesEach)
    {
        int count = reader.Read7BitEncodedInt();
        long left = reader.BaseStream.Length - reader.BaseStream.Position;
        if (count < 0 || (long)count * bytesEach > left)
            throw new FormatException("A count is larger than what follows it.");

        return count;
    }

    private static object ReadInteger(BinaryReader reader, ConstantTag tag) => tag switch
    {
        ConstantTag.SByte => reader.ReadSByte(),
        ConstantTag.Byte => reader.ReadByte(),
        ConstantTag.Int16 => reader.ReadInt16(),
        ConstantTag.UInt16 => reader.ReadUInt16(),
        ConstantTag.Int32 => reader.ReadInt32(),
        ConstantTag.UInt32 => reader.ReadUInt32(),
        ConstantTag.Int64 => reader.ReadInt64(),
        ConstantTag.UInt64 => reader.ReadUInt64(),
        _ => throw new FormatException($"There is no type of value with the number {(byte)tag}."),
    };

    private static BinaryWriter Tag(BinaryWriter writer, ConstantTag tag)
    {
        writer.Write((byte)tag);
        return writer;
    }
}

/// <summary>
/// The type of a value in a guard's bytes. The numbers are sent, so they never change.
/// </summary>
internal enum ConstantTag : byte
{
    Null = 0,
    Boolean = 1,
    Char = 2,
    SByte = 3,
    Byte = 4,
    Int16 = 5,
    UInt16 = 6,
    Int32 = 7,
    UInt32 = 8,
    Int64 = 9,
    UInt64 = 10,
    Single = 11,
    Double = 12,
    Decimal = 13,
    String = 14,
    Guid = 15,
    DateTime = 16,
    DateTimeOffset = 17,
    DateOnly = 18,
    TimeOnly = 19,
    TimeSpan = 20,
    Enum = 21,
}
