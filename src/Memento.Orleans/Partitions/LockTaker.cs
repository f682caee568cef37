using Memento.Keys;
using Memento.Locks;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// Takes locks for one operation of a transaction, under its partition's gate. Every call says
/// whether the lock is there; where it is not, either <see cref="Waiting"/> or
/// <see cref="Conflict"/> says why, and the operation is given up or tried again from its start.
/// </summary>
internal ref struct LockTaker(
    LockManager locks, PartitionTransaction transaction, List<LockRequest> resumed)
{
    /// <summary>
    /// Beyond this many ranges, each of which a writer has to be compared with, a transaction gets
    /// the whole partition instead.
    /// </summary>
    public const int MaxRanges = 64;

    private LockRequest? _waiting;
    private LockConflict? _conflict;

    /// <summary>What the operation waits for.</summary>
    public readonly LockRequest? Waiting => _waiting;

    /// <summary>Why it will never get its lock: the attempt has to end.</summary>
    public readonly LockConflict? Conflict => _conflict;

    /// <summary>
    /// Whether the transaction holds the partition as a whole, and needs no range of it.
    /// </summary>
    public readonly bool HasWholePartition
        => (locks.KindsHeldBy(transaction, LockResource.Partition)
            & (LockKind.Read | LockKind.Write)) != LockKind.None;

    /// <summary>Locks the partition as a whole, or says that single keys of it will be.</summary>
    public bool TryTakePartition(LockKind kind) => TryTake(LockResource.Partition, kind);

    /// <summary>Locks a key of a key space, present or not.</summary>
    public bool TryTakeKey(KeySpace space, Key key, bool writes)
        => TryTakePartition(writes ? LockKind.IntentionWrite : LockKind.IntentionRead)
            && TryTake(
                LockResource.InSpace(space, key), writes ? LockKind.Write : LockKind.Read);

    /// <summary>
    /// Locks an entry of an index to be written, for a writer of a record who has locked its key,
    /// and so has said that it writes here.
    /// </summary>
    public bool TryTakeEntry(KeySpace space, byte[] entry)
        => TryTake(LockResource.InSpace(space, new Key(entry)), LockKind.Write);

    /// <summary>
    /// Locks a range of a key space to be read: what is there, and what could come. A null end is
    /// without a bound.
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
/// The locks of a writer on the index entries of what it replaces and puts: they keep it apart from
/// those that have read a range around one of them. An entry that stays is locked too, because its
/// record is another one.
/// </summary>
internal static class EntryLocks
{
    /// <summary>Takes them; false where one is not there yet.</summary>
    /// <param name="transaction">The writer.</param>
    /// <param name="locks">Takes the locks.</param>
    /// <param name="key">The key, of a bag without the number behind it.</param>
    /// <param name="previous">The record that goes, if there is one.</param>
    /// <param name="next">The record that comes, if there is one.</param>
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
