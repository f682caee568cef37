using Memento.Partitions.Locks;
using Memento.Tables;
using Memento.Tables.Keys;

namespace Memento.Partitions;

/// <summary>
/// The locks of a writer on the index entries of what it replaces and puts: they keep it apart from those
/// that have read a range around one of them. An entry that stays is locked too, because its record is
/// another one.
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
        foreach (IndexDefinition index in transaction.Store.Indexes.All)
        {
            int store = LockResource.IndexStore(index.Ordinal);
            byte[]? before = previous is null ? null : index.EncodeEntry(previous, key);
            if (before is not null && !locks.TryTakeKey(store, new Key(before), writes: true))
                return false;
            if (next is null) continue;

            byte[] after = index.EncodeEntry(next, key);
            bool isLocked = before is not null && after.AsSpan().SequenceEqual(before);
            if (!isLocked && !locks.TryTakeKey(store, new Key(after), writes: true)) return false;
        }

        return true;
    }
}
