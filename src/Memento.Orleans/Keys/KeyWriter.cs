using System.Buffers.Binary;

namespace Memento.Keys;

/// <summary>
/// Collects the bytes of a key. It starts on the caller's stack, so that a key of usual length
/// costs one allocation, its own array. A longer key moves to the heap.
/// </summary>
internal ref struct KeyWriter
{
    /// <summary>
    /// The stack memory of a caller: enough for a composite key of a Guid and some 100 letters.
    /// </summary>
    public const int StackBytes = 128;

    /// <summary>
    /// Flipping this bit makes the order of the bytes of signed numbers the order of the numbers.
    /// </summary>
    public const ulong SignBit = 1UL << 63;

    private Span<byte> _buffer;
    private int _length;

    public KeyWriter(Span<byte> initial)
    {
        _buffer = initial;
    }

    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    /// <summary>How many bytes are written.</summary>
    public readonly int Length => _length;

    /// <summary>The next <paramref name="count"/> bytes; the caller fills all of them.</summary>
    public Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count) Grow(count);

        Span<byte> reserved = _buffer.Slice(_length, count);
        _length += count;
        return reserved;
    }

    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    public void WriteInt64(long value) => WriteUInt64((ulong)value ^ SignBit);

    public void WriteUInt64(ulong value)
        => BinaryPrimitives.WriteUInt64BigEndian(Reserve(sizeof(ulong)), value);

    /// <summary>
    /// Complements all bytes from a place on. No encoding is the beginning of another one, so this
    /// reverses the order of any encoding.
    /// </summary>
    public readonly void Complement(int start)
    {
        foreach (ref byte value in _buffer[start.._length])
            value = (byte)~value;
    }

    public readonly Key ToKey() => new(Written.ToArray());

    private void Grow(int count)
    {
        int needed = checked(_length + count);
        int doubled = (int)Math.Min((long)_buffer.Length * 2, Array.MaxLength);
        byte[] larger = new byte[Math.Max(needed, doubled)];
        Written.CopyTo(larger);
        _buffer = larger;
    }
}

/// <summary>
/// The byte before each value of an index entry. It gives every record a place in the index: null
/// first, then NaN, then all other values, whose encoding follows.
/// </summary>
internal static class ValueTag
{
    public const byte Null = 0;
    public const byte NotANumber = 1;
    public const byte Value = 2;
}
