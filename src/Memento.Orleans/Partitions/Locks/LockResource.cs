using System.Diagnostics;
using System.Globalization;
using Memento.Tables.Keys;

namespace Memento.Partitions.Locks;

/// <summary>
/// What is locked: the partition as a whole (the default value), or a key in one of its stores,
/// present or not.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
internal readonly struct LockResource : IEquatable<LockResource>
{
    /// <summary>
    /// The store of the records; the entries of unique indexes have 1, 2, and so on.
    /// </summary>
    public const int RecordStore = 0;

    private const int PartitionStore = -1;

    private readonly Key _key;

    // One more than the store, so that the default value is the partition and not half a key.
    private readonly int _storePlusOne;

    private LockResource(int store, Key key)
    {
        _key = key;
        _storePlusOne = store + 1;
    }

    public static LockResource Partition => default;

    public bool IsPartition => _storePlusOne == 0;

    /// <summary>The store's number; -1 for the partition.</summary>
    public int Store => _storePlusOne - 1;

    public Key Key => _key;

    public static bool operator ==(LockResource left, LockResource right) => left.Equals(right);

    public static bool operator !=(LockResource left, LockResource right) => !left.Equals(right);

    public static LockResource Record(Key key) => new(RecordStore, key);

    /// <summary>A key in a store: 0 is the records, the others are unique indexes.</summary>
    public static LockResource InStore(int store, Key key)
    {
        LockAssert.Holds(store > PartitionStore, "a store's number is not negative");
        return new(store, key);
    }

    public bool Equals(LockResource other)
        => _storePlusOne == other._storePlusOne && _key.Equals(other._key);

    public override bool Equals(object? obj) => obj is LockResource other && Equals(other);

    public override int GetHashCode() => (int)(_key.Hash + ((uint)_storePlusOne * 0x9e3779b9));

    public override string ToString()
        => IsPartition
            ? "partition"
            : string.Create(CultureInfo.InvariantCulture, $"store {Store} key {_key}");
}
