using Memento.Keys;
using Memento.Locks;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// Takes locks for one operation of a transaction, under the gate of its partition. Every call
/// returns whether the lock was taken. If it was not, <see cref="Waiting"/> or
/// <see cref="Conflict"/> says why, and the operation is given up or tried again from its start.
/// An operation that has read much leaves the gate for others, and goes on with what it has.
/// </summary>
internal ref struct LockTaker(
    LockManager locks, PartitionTransaction transaction, List<LockRequest> resumed)
{
    /// <summary>
    /// The most ranges that a transaction locks in a partition. Beyond that it locks the whole
    /// partition, because each range has to be compared with writers.
    /// </summary>
    public const int MaxRanges = 64;

    private LockRequest? _waiting;
    private LockConflict? _conflict;

    /// <summary>
    /// What the operation had come to when it left the gate; null if it begins.
    /// </summary>
    public object? Progress { get; init; }

    /// <summary>What it has come to now, if it leaves the gate.</summary>
    public object? Paused { get; private set; }

    /// <summary>The request that the operation waits for.</summary>
    public readonly LockRequest? Waiting => _waiting;

    /// <summary>The conflict because of which the attempt has to end.</summary>
    public readonly LockConflict? Conflict => _conflict;

    /// <summary>
    /// Whether the transaction has a lock on the whole partition, so that it needs no range.
    /// </summary>
    public readonly bool HasWholePartition
        => (locks.KindsHeldBy(transaction, LockResource.Partition)
            & (LockKind.Read | LockKind.Write)) != LockKind.None;

    /// <summary>
    /// Leaves the gate with all locks, and goes on later, with the progress; false, as the
    /// operation has not ended. Work that is to do outside (<see cref="IWorkOutside"/>) is done
    /// before.
    /// </summary>
    public bool Pause(object progress)
    {
        Paused = progress;
        return false;
    }

    /// <summary>
    /// Locks the partition as a whole, or takes the intention lock for single keys of it.
    /// </summary>
    public bool TryTakePartition(LockKind kind) => TryTake(LockResource.Partition, kind);

    /// <summary>Locks a key of a key space, present or absent.</summary>
    public bool TryTakeKey(KeySpace space, Key key, bool writes)
        => TryTakePartition(writes ? LockKind.IntentionWrite : LockKind.IntentionRead)
            && TryTake(
                LockResource.InSpace(space, key), writes ? LockKind.Write : LockKind.Read);

    /// <summary>
    /// Locks a key for writing if nobody else is in the way; false: somebody is, and nothing is
    /// waited for.
    /// </summary>
    public readonly bool TryTakeKeyAtOnce(KeySpace space, Key key)
        => locks.TryAcquire(transaction, LockResource.Partition, LockKind.IntentionWrite)
            && locks.TryAcquire(transaction, LockResource.InSpace(space, key), LockKind.Write);

    /// <summary>
    /// Locks an entry of an index for writing. The writer has locked the key of the record before,
    /// and with it has the intention lock of the partition.
    /// </summary>
    public bool TryTakeEntry(KeySpace space, byte[] entry)
        => TryTake(LockResource.InSpace(space, new Key(entry)), LockKind.Write);

    /// <summary>
    /// Locks a range of a key space for reading: the keys in it, and the gaps between them. A null
    /// end means no bound.
    /// </summary>
    public bool TryTakeRange(KeySpace space, byte[] from, byte[]? to)
    {
        if (HasWholePartition) return true;
        if (transaction.RangeCount >= MaxRanges) return TryTakePartition(LockKind.Read);
        if (!TryTakePartition(LockKind.IntentionRead)) return false;

        return TryTake(
            LockResource.Range(space, new Key(from), to is null ? null : new Key(to)),
            LockKind.Read);
    }

    private bool TryTake(in LockResource resource, LockKind kind)
        => locks.Acquire(transaction, resource, kind, resumed, out _waiting, out _conflict)
            == LockAnswer.Granted;
}

/// <summary>
/// The locks of a writer on the index entries of the old and of the new record. They keep the
/// writer apart from readers of a range around one of them. An unchanged entry is locked too,
/// because its record changes.
/// </summary>
internal static class EntryLocks
{
    /// <summary>Takes the locks; false if one was not taken.</summary>
    /// <param name="transaction">The writer.</param>
    /// <param name="locks">Takes the locks.</param>
    /// <param name="key">The key; in a bag, without the number after it.</param>
    /// <param name="previous">The old record, if there is one.</param>
    /// <param name="next">The new record, if there is one.</param>
    public static bool TryTake(
        PartitionTransaction transaction,
        ref LockTaker locks,
        byte[] key,
        object? previous,
        object? next)
    {
        foreach (IndexDefinition index in transaction.Content.Indexes.All)
        {
            KeySpace space = index.Entries;
            byte[]? after = next is null ? null : index.EncodeEntry(next, key);
            if (after is not null && !locks.TryTakeEntry(space, after)) return false;
            if (previous is null || (after is not null && index.HasEntry(previous, key, after)))
                continue;

            if (!locks.TryTakeEntry(space, index.EncodeEntry(previous, key))) return false;
        }

        return true;
    }
}
