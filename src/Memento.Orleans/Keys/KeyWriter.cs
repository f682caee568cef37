using System.Buffers.Binary;

namespace Memento.Keys;

/// <summary>
/// Collects the bytes of a key. It starts on the caller's stack, so that a key of usual length
/// costs one allocation, its own array; a longer one moves to the heap.
/// </summary>
internal ref struct KeyWriter
{
    /// <summary>
    /// How much stack a caller gives: a composite of a Guid and some 100 letters.
    /// </summary>
    public const int StackBytes = 128;

    /// <summary>Makes the order of the bytes of a signed number the order of the numbers.</summary>
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

    /// <summary>The next <paramref name="count"/> bytes, all of which the caller fills.</summary>
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
    /// Complements what is written from a place on. No encoding is the beginning of another one, so
    /// that this reverses the order of any.
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
/// The byte that an index entry has before each of its values, so that every record has a place in
/// an index: null before NaN before all others, whose encoding follows.
/// </summary>
internal static class ValueTag
{
    public const byte Null = 0;
    public const byte NotANumber = 1;
    public const byte Value = 2;
}
