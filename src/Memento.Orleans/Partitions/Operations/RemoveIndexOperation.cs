using Memento.Locks;

namespace Memento.Partitions.Operations;

/// <summary>
/// Makes a partition keep an index no longer, once nobody uses the partition. It is not undone with its
/// transaction.
/// </summary>
[GenerateSerializer]
[Alias("Memento.RemoveIndexOperation")]
internal sealed class RemoveIndexOperation(IndexInfo index) : Operation
{
    [Id(0)]
    public IndexInfo Index { get; } = index;

    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out object? result)
    {
        result = null;
        if (!locks.TryTakePartition(LockKind.Write)) return false;

        transaction.Store.RemoveIndex(transaction.Table.MakeIndex(Index));
        return true;
    }
}
