using System.Diagnostics;

namespace Memento.Keys;

/// <summary>
/// Encoded key bytes, whose order is the order of the keys, with a hash that must never change: it
/// decides the partition of a record, also of a record that was stored years ago.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
internal readonly struct Key : IEquatable<Key>, IComparable<Key>
{
    public Key(byte[] bytes)
    {
        Bytes = bytes;
        Hash = StableHash(bytes);
    }

    /// <summary>Makes a key from the bytes and the hash of an earlier one.</summary>
    internal Key(byte[] bytes, uint knownHash)
    {
        Bytes = bytes;
        Hash = knownHash;
    }

    public byte[] Bytes { get; }

    public uint Hash { get; }

    public static bool operator ==(Key left, Key right) => left.Equals(right);

    public static bool operator !=(Key left, Key right) => !left.Equals(right);

    public bool Equals(Key other)
        => Hash == other.Hash && Bytes.AsSpan().SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is Key other && Equals(other);

    public override int GetHashCode() => (int)Hash;

    public int CompareTo(Key other) => Bytes.AsSpan().SequenceCompareTo(other.Bytes);

    public override string ToString() => Convert.ToHexString(Bytes);

    /// <summary>FNV-1a over the bytes, then a finaliser, so that neighbours spread.</summary>
    private static uint StableHash(ReadOnlySpan<byte> bytes)
    {
        uint hash = 2166136261;
        foreach (byte value in bytes)
            hash = (hash ^ value) * 16777619;

        hash ^= hash >> 16;
        hash *= 0x85ebca6b;
        hash ^= hash >> 13;
        hash *= 0xc2b2ae35;
        return hash ^ (hash >> 16);
    }
}
