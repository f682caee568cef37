using Memento.Keys;

namespace Memento.Partitions.Operations;

/// <summary>Finds the record of a bag that has the same document as a given one.</summary>
internal static class BagSearch
{
    public static StoredRecord? Find(PartitionTransaction transaction, Key key, object record)
    {
        UInt128 identity = transaction.Table.DocumentIdentity(record);
        StoredRecord? committed = transaction.Store.FindInBag(key.Bytes, identity);
        transaction.DependOn(transaction.Store.LastPosition);
        if (committed is not null && transaction.Seen.Find(0, new Key(committed.Key)) is null)
            return committed;

        foreach (StagedWrite write in transaction.Seen.Effective)
        {
            if (write.Store == 0 && write.Record is not null
                && KeyBytes.WithoutSuffix(write.Key.Bytes).SequenceEqual(key.Bytes)
                && transaction.Table.SameDocument(write.Record.Record, record))
            {
                return write.Record;
            }
        }

        return null;
    }
}
