using System.Buffers.Binary;

namespace Memento.Keys;

/// <summary>
/// Reads the bytes of a <see cref="KeyWriter"/>. Bytes that no writer can have written are an
/// <see cref="InvalidDataException"/>: the stored key is damaged, or of another type.
/// </summary>
internal ref struct KeyReader
{
    private ReadOnlySpan<byte> _rest;

    public KeyReader(ReadOnlySpan<byte> bytes)
    {
        _rest = bytes;
    }

    /// <summary>The bytes that have not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public static InvalidDataException Damaged(string expected)
        => new($"The stored key is damaged, or was written for another key type: {expected}.");

    public ReadOnlySpan<byte> Read(int count)
    {
        if (_rest.Length < count)
            throw Damaged($"{count} more bytes expected, {_rest.Length} present");

        ReadOnlySpan<byte> read = _rest[..count];
        _rest = _rest[count..];
        return read;
    }

    /// <summary>Reads up to the terminator. The terminator is consumed, and not returned.</summary>
    public ReadOnlySpan<byte> ReadUntil(byte terminator)
    {
        int length = _rest.IndexOf(terminator);
        if (length < 0) throw Damaged("the end of a string is missing");

        ReadOnlySpan<byte> read = _rest[..length];
        _rest = _rest[(length + 1)..];
        return read;
    }

    public long ReadInt64() => (long)(ReadUInt64() ^ KeyWriter.SignBit);

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64BigEndian(Read(sizeof(ulong)));

    public readonly void EnsureEnd()
    {
        if (!_rest.IsEmpty) throw Damaged($"{_rest.Length} bytes too many");
    }
}
