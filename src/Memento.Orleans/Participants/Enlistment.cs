using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>A partition that takes part in a transaction, reached directly or by messages.</summary>
internal abstract class Enlistment(TableDefinition table, int number)
{
    private int _operations;

    public TableDefinition Table { get; } = table;

    public int Number { get; } = number;

    /// <summary>How many operations were answered; the commit brings the number to the partition.</summary>
    public int Operations => Volatile.Read(ref _operations);

    public ValueTask<object?> ExecuteAsync(
        Operation operation, Savepoint? savepoint, CancellationToken cancellationToken)
    {
        ValueTask<object?> answer = ExecuteCoreAsync(operation, savepoint, cancellationToken);
        if (!answer.IsCompletedSuccessfully) return CountAsync(answer);

        Interlocked.Increment(ref _operations);
        return answer;
    }

    /// <summary>Undoes what was written under a savepoint, which was given up before this.</summary>
    public abstract ValueTask RollbackAsync(Savepoint savepoint);

    /// <summary>Drops the transaction there; never throws.</summary>
    public abstract void Abort();

    protected abstract ValueTask<object?> ExecuteCoreAsync(
        Operation operation, Savepoint? savepoint, CancellationToken cancellationToken);

    private async ValueTask<object?> CountAsync(ValueTask<object?> answer)
    {
        object? result = await answer.ConfigureAwait(false);
        Interlocked.Increment(ref _operations);
        return result;
    }
}
