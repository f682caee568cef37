using Memento.Locks;

namespace Memento.Partitions.Operations;

/// <summary>Locks the partition as a part of its table.</summary>
[GenerateSerializer]
[Alias("Memento.LockPartitionOperation")]
internal sealed class LockPartitionOperation(bool writes) : Operation
{
    [Id(0)]
    public bool Writes { get; } = writes;

    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out object? result)
    {
        result = null;
        return locks.TryTakePartition(Writes ? LockKind.Write : LockKind.Read);
    }
}
