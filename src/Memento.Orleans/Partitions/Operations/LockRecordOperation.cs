using Memento.Keys;

namespace Memento.Partitions.Operations;

/// <summary>Locks a key, present or absent.</summary>
[GenerateSerializer]
[Alias("Memento.LockRecordOperation")]
internal sealed class LockRecordOperation(Key key, bool writes) : KeyOperation(key, writes)
{
    protected override object? Apply(PartitionTransaction transaction) => null;
}
