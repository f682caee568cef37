using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// One thing that a transaction asks of one partition. The same object is carried out by a method call
/// in the partition's silo, and travels in a message from elsewhere; it may be carried out in several
/// partitions at once, and keeps nothing of them.
/// </summary>
[GenerateSerializer]
[Alias("Memento.Operation")]
internal abstract class Operation
{
    /// <summary>Makes the message out of it: records travel as documents.</summary>
    public virtual void Pack(TableDefinition table)
    {
    }

    /// <summary>What can be done before the partition's gate is entered.</summary>
    public virtual void Prepare(TableDefinition table)
    {
    }

    /// <summary>
    /// Takes its locks and carries it out, under the gate. False where a lock is not there yet: it has
    /// changed nothing, and is tried again from its start when the lock is.
    /// </summary>
    public abstract bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out object? result);
}
