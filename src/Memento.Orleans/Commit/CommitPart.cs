using Memento.Partitions;

namespace Memento.Commit;

/// <summary>A participant of a commit in this silo.</summary>
/// <param name="Transaction">The transaction in its partition.</param>
/// <param name="Operations">How many operations its caller made there.</param>
internal readonly record struct CommitPart(PartitionTransaction Transaction, int Operations)
{
    public Partition Partition => Transaction.Partition;
}
