using Memento.Locks;

namespace Memento.Partitions.Operations;

/// <summary>Counts the records of a partition; the answer is a long.</summary>
[GenerateSerializer]
[Alias("Memento.CountOperation")]
internal sealed class CountOperation : Operation
{
    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out object? result)
    {
        result = null;
        if (!locks.TryTakePartition(LockKind.Read)) return false;

        transaction.DependOn(transaction.Store.LastPosition);
        long count = transaction.Store.Count;
        foreach (StagedWrite write in transaction.Seen.Effective)
        {
            if (write.Store != 0) continue;

            bool isThere = transaction.Store.Find(0, write.Key.Bytes) is not null;
            if (isThere && write.Record is null) count--;
            if (!isThere && write.Record is not null) count++;
        }

        result = count;
        return true;
    }
}
