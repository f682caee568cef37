using Memento.Partitions.Locks;
using Memento.Tables;

namespace Memento.Partitions.Operations;

/// <summary>
/// One thing that a transaction asks of one partition. The same object is carried out by a method call
/// in the partition's silo, and travels in a message from elsewhere.
/// </summary>
[GenerateSerializer]
[Alias("Memento.Operation")]
internal abstract class Operation
{
    /// <summary>The lock on the partition that it needs.</summary>
    public abstract LockKind PartitionLock { get; }

    /// <summary>The lock on a record that it needs besides; none where the kind is None.</summary>
    public virtual (LockResource Resource, LockKind Kind) RecordLock => default;

    /// <summary>Makes the message out of it: records travel as documents.</summary>
    public virtual void Pack(TableDefinition table)
    {
    }

    /// <summary>What can be done before the partition's gate is entered.</summary>
    public virtual void Prepare(TableDefinition table)
    {
    }

    /// <summary>Carries it out, under the gate and with the locks held.</summary>
    public abstract object? Apply(PartitionTransaction transaction);
}
