using Memento.Invariants;
using Memento.Participants;
using Memento.Partitions;
using Memento.Storage;
using Memento.Tables;

namespace Memento.Commit;

/// <summary>Makes the journal entry of a sealed transaction.</summary>
internal static class EntryMaker
{
    /// <summary>
    /// The rows of the partitions on disk, and their owner numbers: also of those where nothing was
    /// written, because the transaction relies on what it has read there.
    /// </summary>
    public static JournalEntry Make(
        Guid transactionId,
        IReadOnlyList<LocalParticipant> participants,
        bool keepsOutcome,
        KeptDecision? decision = null)
    {
        List<RowWrite> writes = [];
        List<PartitionEpoch> epochs = [];
        HashSet<string>? clears = null;
        foreach (LocalParticipant each in participants)
        {
            Partition partition = each.Partition;
            if (partition.Table.Storage != TableStorage.Disk) continue;

            Invariant.Holds(partition.Epoch > 0, "a partition on disk has an epoch");
            epochs.Add(new PartitionEpoch(partition.Table.Name, partition.Number, partition.Epoch));
            if (each.Transaction.Staged.IsClearing)
                (clears ??= []).UnionWith(StorageNamesOf(each.Transaction));

            foreach (StagedWrite write in each.Transaction.Staged.Effective)
            {
                writes.Add(new RowWrite(
                    partition.Table.StorageName(write.Space),
                    partition.Number,
                    write.Key.Bytes,
                    write.Document));
            }
        }

        decision?.AddTo(writes);
        return new JournalEntry
        {
            TransactionId = transactionId,
            Writes = writes,
            Epochs = epochs,
            Clears = clears is null ? [] : [.. clears],
            KeepsOutcome = keepsOutcome || decision is not null,
        };
    }

    /// <summary>
    /// The names of a table in the storage: of its records, of the entries of its unique indexes,
    /// and of the records that were set aside, if there are any.
    /// </summary>
    private static IEnumerable<string> StorageNamesOf(PartitionTransaction transaction)
    {
        IEnumerable<string> names = transaction.Content.Indexes.Unique
            .Select(index => transaction.Table.StorageName(index.Values))
            .Prepend(transaction.Table.Name);
        return transaction.Content.Unreadable == 0
            ? names
            : names.Append(StorageNames.OfUnreadable(transaction.Table.Name));
    }
}
