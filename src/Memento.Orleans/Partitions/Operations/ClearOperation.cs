using Memento.Locks;

namespace Memento.Partitions.Operations;

/// <summary>
/// Empties the partition when its transaction commits, however many records there are. The transaction does
/// this to every partition of the table, because the durable storage empties the whole, and does nothing else
/// with the table: it would still see the records.
/// </summary>
[GenerateSerializer]
[Alias("Memento.ClearOperation")]
internal sealed class ClearOperation : Operation
{
    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out object? result)
    {
        result = null;
        if (!locks.TryTakePartition(LockKind.Write)) return false;

        transaction.DependOn(transaction.Store.LastPosition);
        transaction.Staged.IsClearing = true;
        return true;
    }
}
