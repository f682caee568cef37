using Memento.Partitions.Locks;
using Memento.Tables.Keys;

namespace Memento.Partitions.Operations;

/// <summary>An operation on one key: it locks the key, present or absent.</summary>
[GenerateSerializer]
[Alias("Memento.KeyOperation")]
internal abstract class KeyOperation(Key key, bool writes) : Operation
{
    [NonSerialized]
    private Key? _key = key;

    [Id(0)]
    public byte[] EncodedKey { get; } = key.Bytes;

    /// <summary>Whether it locks for writing.</summary>
    [Id(1)]
    public bool Writes { get; } = writes;

    public Key Key => _key ??= new Key(EncodedKey);

    public override LockKind PartitionLock
        => Writes ? LockKind.IntentionWrite : LockKind.IntentionRead;

    public override (LockResource Resource, LockKind Kind) RecordLock
        => (LockResource.InStore(Store, Key), Writes ? LockKind.Write : LockKind.Read);

    protected virtual int Store => 0;
}
