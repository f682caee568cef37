using System.Buffers.Binary;

namespace Memento.Keys;

/// <summary>The UTF-16 unit, big-endian.</summary>
internal sealed class CharKeyComponent : KeyComponent<char>
{
    public override void Write(ref KeyWriter writer, char value)
        => BinaryPrimitives.WriteUInt16BigEndian(writer.Reserve(sizeof(char)), value);

    public override char Read(ref KeyReader reader)
        => (char)BinaryPrimitives.ReadUInt16BigEndian(reader.Read(sizeof(char)));
}
