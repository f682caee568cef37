using System.Buffers.Binary;

namespace Memento.Keys;

/// <summary>One byte; false sorts before true.</summary>
internal sealed class BooleanKeyComponent : KeyComponent<bool>
{
    public override void Write(ref KeyWriter writer, bool value)
        => writer.Reserve(1)[0] = value ? (byte)1 : (byte)0;

    public override bool Read(ref KeyReader reader) => reader.Read(1)[0] switch
    {
        0 => false,
        1 => true,
        byte other => throw KeyReader.Damaged($"0 or 1 expected, {other} found"),
    };
}

/// <summary>The UTF-16 unit, big-endian.</summary>
internal sealed class CharKeyComponent : KeyComponent<char>
{
    public override void Write(ref KeyWriter writer, char value)
        => BinaryPrimitives.WriteUInt16BigEndian(writer.Reserve(sizeof(char)), value);

    public override char Read(ref KeyReader reader)
        => (char)BinaryPrimitives.ReadUInt16BigEndian(reader.Read(sizeof(char)));
}

/// <summary>
/// The bytes as they are printed, which is the order of <see cref="Guid.CompareTo(Guid)"/>.
/// </summary>
internal sealed class GuidKeyComponent : KeyComponent<Guid>
{
    private const int Length = 16;

    public override void Write(ref KeyWriter writer, Guid value)
        => value.TryWriteBytes(writer.Reserve(Length), bigEndian: true, out _);

    public override Guid Read(ref KeyReader reader) => new(reader.Read(Length), bigEndian: true);
}
