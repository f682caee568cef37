using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>Sends the operations of one body to the partitions of what it reads.</summary>
internal interface IOperationSender
{
    /// <summary>
    /// Whether partitions may be in this process, so that they share records with callers.
    /// </summary>
    bool SharesMemory { get; }

    /// <summary>
    /// Whether a partition may lack an index that the table has: a snapshot may be older than it.
    /// </summary>
    bool MayLackIndexes { get; }

    /// <summary>Sends an operation to a partition.</summary>
    ValueTask<TResult> SendAsync<TResult>(
        TableDefinition table,
        int number,
        Operation<TResult> operation,
        CancellationToken cancellationToken);

    /// <summary>
    /// Sends an operation to each of several partitions. It begins all of them before it waits, so
    /// that partitions in other silos work side by side.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="numbers">The partitions.</param>
    /// <param name="operations">The operation for each partition, or one operation for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<TResult[]> SendToEachAsync<TResult>(
        TableDefinition table,
        IReadOnlyList<int> numbers,
        IReadOnlyList<Operation<TResult>> operations,
        CancellationToken cancellationToken);

    /// <summary>
    /// Whether the transaction has sent operations to partitions of a table from here; false in a
    /// snapshot.
    /// </summary>
    bool Uses(TableDefinition table) => false;

    /// <summary>Sends an operation on a key to the key's partition.</summary>
    ValueTask<TResult> SendAsync<TResult>(
        TableDefinition table, KeyOperation<TResult> operation, CancellationToken cancellationToken)
        => SendAsync(table, table.PartitionOf(operation.Key), operation, cancellationToken);

    /// <summary>Sends one operation to all partitions of a table.</summary>
    ValueTask<TResult[]> SendToAllAsync<TResult>(
        TableDefinition table, Operation<TResult> operation, CancellationToken cancellationToken)
        => SendToEachAsync(table, table.PartitionNumbers, [operation], cancellationToken);

    /// <summary>A record that the caller may change.</summary>
    object Own(TableDefinition table, object record)
        => SharesMemory ? table.CopyStored(record) : record;
}
