using System.Buffers.Binary;

namespace Memento.Keys;

/// <summary>Operations on key bytes that need no types.</summary>
internal static class KeyBytes
{
    /// <summary>
    /// The length of the number that follows the key in a bag, where one key has several records.
    /// </summary>
    public const int SuffixLength = sizeof(ulong);

    /// <summary>
    /// The key with a number after it, for a record of a bag. Its hash is not the key's hash: the
    /// key without the number decides the partition.
    /// </summary>
    public static Key WithSuffix(Key key, ulong sequence)
    {
        byte[] bytes = new byte[key.Bytes.Length + SuffixLength];
        key.Bytes.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(key.Bytes.Length), sequence);
        return new Key(bytes);
    }

    public static ReadOnlySpan<byte> WithoutSuffix(ReadOnlySpan<byte> key)
        => key[..^SuffixLength];

    public static ulong ReadSuffix(ReadOnlySpan<byte> key)
        => BinaryPrimitives.ReadUInt64BigEndian(key[^SuffixLength..]);

    /// <summary>
    /// The smallest key after all keys that begin with a prefix; null if there is none.
    /// </summary>
    public static byte[]? PrefixEnd(ReadOnlySpan<byte> prefix)
    {
        byte[] end = new byte[PrefixEndLength(prefix)];
        return TryWritePrefixEnd(prefix, end) ? end : null;
    }

    /// <summary>The smallest key after another one.</summary>
    public static byte[] Behind(ReadOnlySpan<byte> key) => [.. key, 0];

    /// <summary>
    /// The number of bytes that <see cref="TryWritePrefixEnd"/> writes; 0 if there is no such key.
    /// </summary>
    public static int PrefixEndLength(ReadOnlySpan<byte> prefix)
        => prefix.LastIndexOfAnyExcept(byte.MaxValue) + 1;

    /// <summary>Like <see cref="PrefixEnd"/>, but writes into memory of the caller.</summary>
    public static bool TryWritePrefixEnd(ReadOnlySpan<byte> prefix, Span<byte> end)
    {
        int length = PrefixEndLength(prefix);
        if (length == 0) return false;

        prefix[..length].CopyTo(end);
        end[length - 1]++;
        return true;
    }

    /// <summary>
    /// The first eight bytes as a number; a shorter key is filled with zeros. If the numbers of two
    /// keys differ, they order the keys. If they are equal, the keys must be compared.
    /// </summary>
    public static ulong Head(ReadOnlySpan<byte> key)
    {
        if (key.Length >= sizeof(ulong)) return BinaryPrimitives.ReadUInt64BigEndian(key);

        ulong head = 0;
        foreach (byte value in key)
            head = (head << 8) | value;

        return head << (8 * (sizeof(ulong) - key.Length));
    }
}
