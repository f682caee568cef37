using System.Buffers.Binary;

namespace Memento.Keys;

/// <summary>What can be done with key bytes without knowing their types.</summary>
internal static class KeyBytes
{
    /// <summary>
    /// The length of the number that tells the records of one key of a bag apart.
    /// </summary>
    public const int SuffixLength = sizeof(ulong);

    /// <summary>
    /// The key with a number behind it, for a record of a bag. Its hash is not the key's hash: the
    /// partition is that of the key without the number.
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
    /// The smallest key after all that begin with a prefix; null if there is none.
    /// </summary>
    public static byte[]? PrefixEnd(ReadOnlySpan<byte> prefix)
    {
        byte[] end = new byte[PrefixEndLength(prefix)];
        return TryWritePrefixEnd(prefix, end) ? end : null;
    }

    /// <summary>The smallest key after another one.</summary>
    public static byte[] Behind(ReadOnlySpan<byte> key) => [.. key, 0];

    /// <summary>
    /// The length of what <see cref="TryWritePrefixEnd"/> writes; 0 if there is none.
    /// </summary>
    public static int PrefixEndLength(ReadOnlySpan<byte> prefix)
        => prefix.LastIndexOfAnyExcept(byte.MaxValue) + 1;

    /// <summary>The same as <see cref="PrefixEnd"/> into memory of the caller.</summary>
    public static bool TryWritePrefixEnd(ReadOnlySpan<byte> prefix, Span<byte> end)
    {
        int length = PrefixEndLength(prefix);
        if (length == 0) return false;

        prefix[..length].CopyTo(end);
        end[length - 1]++;
        return true;
    }

    /// <summary>
    /// The first eight bytes as a number, zeros behind a shorter key. Where two of these differ
    /// they order their keys; where they are equal the keys must be compared.
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
