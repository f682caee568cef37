using Memento.Partitions;

namespace Memento.Participants;

/// <summary>A partition of this silo: the direct path, method calls.</summary>
internal sealed class LocalEnlistment(PartitionTransaction transaction)
    : Enlistment(transaction.Table, transaction.Partition.Number)
{
    public PartitionTransaction Transaction { get; } = transaction;

    public override ValueTask RollbackAsync(Savepoint savepoint)
    {
        Transaction.Partition.Rollback(Transaction, savepoint.Id);
        return default;
    }

    public override void Abort() => Transaction.Partition.Abort(Transaction);

    protected override ValueTask<object?> ExecuteCoreAsync(
        Operation operation, Savepoint? savepoint, CancellationToken cancellationToken)
        => Transaction.Partition.ExecuteAsync(Transaction, operation, savepoint, cancellationToken);
}
