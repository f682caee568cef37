using System.Buffers.Binary;
using Memento.Tables.Keys;

namespace Memento.Partitions;

/// <summary>
/// The key of a record of a bag: the logical key with a sequence behind it, so that the records of a key
/// stand beside each other in the order in which they were written.
/// </summary>
internal static class BagKey
{
    public static Key WithSequence(Key key, ulong sequence)
    {
        byte[] bytes = new byte[key.Bytes.Length + sizeof(ulong)];
        key.Bytes.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(key.Bytes.Length), sequence);
        return new Key(bytes);
    }

    public static ReadOnlySpan<byte> WithoutSequence(ReadOnlySpan<byte> bytes)
        => bytes[..^sizeof(ulong)];

    public static ulong SequenceOf(ReadOnlySpan<byte> bytes)
        => BinaryPrimitives.ReadUInt64BigEndian(bytes[^sizeof(ulong)..]);
}
