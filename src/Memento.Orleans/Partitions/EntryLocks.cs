using Memento.Locks;
using Memento.Tables;

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
            byte[]? after = next is null ? null : index.EncodeEntry(next, key);
            if (after is not null && !locks.TryTakeEntry(store, after)) return false;
            if (previous is null || (after is not null && index.HasEntry(previous, key, after)))
                continue;

            if (!locks.TryTakeEntry(store, index.EncodeEntry(previous, key))) return false;
        }

        return true;
    }
}
