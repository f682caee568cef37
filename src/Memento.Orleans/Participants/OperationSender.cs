using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>Sends the operations of one body of a transaction to their partitions.</summary>
internal sealed class OperationSender(
    TransactionState state, IPartitions partitions, IParticipantLog? log, Savepoint? savepoint)
    : IOperationSender
{
    public TransactionState State { get; } = state;

    /// <summary>The savepoint of the operations that it sends; null: the transaction.</summary>
    public Savepoint? Savepoint { get; } = savepoint;

    public IPartitions Partitions { get; } = partitions;

    /// <inheritdoc/>
    public bool SharesMemory => Partitions.ShareMemory;

    /// <inheritdoc/>
    public bool MayLackIndexes => false;

    /// <summary>
    /// Whether each partition that it asks is recorded for the process that commits.
    /// </summary>
    public bool IsRecorded => log is not null;

    /// <summary>Whether Orleans has begun the transaction as one that only reads.</summary>
    public bool IsReadOnly => log is { IsReadOnly: true };

    /// <summary>Whether the grain call that runs here locks for writing what it reads.</summary>
    public bool LocksForWriting => log?.LocksForWriting ?? State.Call is { UseExclusiveLock: true };

    /// <inheritdoc/>
    public bool Uses(TableDefinition table) => State.Uses(table);

    /// <summary>A sender under a savepoint inside the savepoint of this one.</summary>
    public OperationSender Inside(Savepoint inner) => new(State, Partitions, log, inner);

    /// <summary>Sends an operation on a key to the key's partition.</summary>
    public ValueTask<TResult> SendAsync<TResult>(
        TableDefinition table, KeyOperation<TResult> operation, CancellationToken cancellationToken)
        => SendAsync(table, table.PartitionOf(operation.Key), operation, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TResult> SendAsync<TResult>(
        TableDefinition table,
        int number,
        Operation<TResult> operation,
        CancellationToken cancellationToken)
        => log is null
            ? State.ExecuteAsync(table, number, operation, Savepoint, cancellationToken)
            : SendAndRecordAsync(table, number, operation, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TResult[]> SendToEachAsync<TResult>(
        TableDefinition table,
        IReadOnlyList<int> numbers,
        IReadOnlyList<Operation<TResult>> operations,
        CancellationToken cancellationToken)
        => log is null
            ? State.ExecuteEachAsync(table, numbers, operations, Savepoint, cancellationToken)
            : SendAndRecordEachAsync(table, numbers, operations, cancellationToken);

    /// <summary>Sends one operation to all partitions of a table.</summary>
    public ValueTask<TResult[]> SendToAllAsync<TResult>(
        TableDefinition table, Operation<TResult> operation, CancellationToken cancellationToken)
        => SendToEachAsync(table, table.PartitionNumbers, [operation], cancellationToken);

    /// <summary>A record that the caller may change.</summary>
    public object Own(TableDefinition table, object record)
        => SharesMemory ? table.CopyStored(record) : record;

    /// <summary>How often states of Orleans were written, as far as this process knows.</summary>
    public int CountForeignWrites()
        => log?.CountForeignWrites() ?? State.CountForeignWrites();

    /// <summary>
    /// Makes the transaction fail if states of Orleans were written in a nested body that was given
    /// up.
    /// </summary>
    /// <param name="before">How often they had been written when it began.</param>
    /// <param name="reason">Why it was given up.</param>
    public void GiveUpForeign(int before, Exception? reason)
    {
        if (log is null)
            State.GiveUpForeign(before);
        else if (log.CountForeignWrites() > before)
            log.Fail(NestedErrors.LeftInGrains(State.Id, reason));
    }

    private async ValueTask<TResult> SendAndRecordAsync<TResult>(
        TableDefinition table,
        int number,
        Operation<TResult> operation,
        CancellationToken cancellationToken)
    {
        log!.Enlist(table, number);
        await State.WhenArrivedAsync(table, number, cancellationToken).ConfigureAwait(false);
        try
        {
            TResult result = await State.ExecuteAsync(
                table, number, operation, Savepoint, cancellationToken).ConfigureAwait(false);
            log.Record(table, number, operation is IKeyOperation { Writes: true });
            return result;
        }
        finally
        {
            log.Learn();
        }
    }

    private async ValueTask<TResult[]> SendAndRecordEachAsync<TResult>(
        TableDefinition table,
        IReadOnlyList<int> numbers,
        IReadOnlyList<Operation<TResult>> operations,
        CancellationToken cancellationToken)
        => await Task.WhenAll(numbers.Select((number, place) => SendAndRecordAsync(
            table,
            number,
            operations[operations.Count == 1 ? 0 : place],
            cancellationToken).AsTask())).ConfigureAwait(false);
}
