using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>
/// The partitions that are being found for a transaction. Operations on such a one are begun in the
/// order of the calls, as if it had been there.
/// </summary>
internal sealed class PartitionOpenings(TransactionState state, IPartitions partitions)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(TableDefinition Table, int Number), TurnQueue> _queues = [];

    /// <summary>
    /// Whether operations wait for a partition: those that come now belong behind them.
    /// </summary>
    public bool Contains(TableDefinition table, int number)
    {
        lock (_gate)
            return _queues.ContainsKey((table, number));
    }

    /// <summary>
    /// Begins an operation when those before it on the same partition have begun.
    /// </summary>
    /// <param name="enlisting">The partition, where it is being found already.</param>
    /// <param name="table">The table.</param>
    /// <param name="number">The partition's number.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="savepoint">Its savepoint; null: none.</param>
    /// <param name="cancellationToken">Ends its waiting.</param>
    public async ValueTask<TResult> BeginAsync<TResult>(
        ValueTask<Enlistment>? enlisting,
        TableDefinition table,
        int number,
        Operation<TResult> operation,
        Savepoint? savepoint,
        CancellationToken cancellationToken)
    {
        ValueTask<TResult> answer;
        try
        {
            using (await TakeTurnAsync(table, number, cancellationToken).ConfigureAwait(false))
            {
                Enlistment enlistment = enlisting is { } found
                    ? await found.ConfigureAwait(false)
                    : await partitions.EnlistAsync(state, table, number, cancellationToken)
                        .ConfigureAwait(false);
                answer = enlistment.ExecuteAsync(operation, savepoint, cancellationToken);
            }
        }
        finally
        {
            lock (_gate)
            {
                if (_queues.TryGetValue((table, number), out TurnQueue? queue) && queue.IsIdle)
                    _queues.Remove((table, number));
            }
        }

        return await answer.ConfigureAwait(false);
    }

    private ValueTask<Turn> TakeTurnAsync(
        TableDefinition table, int number, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_queues.TryGetValue((table, number), out TurnQueue? queue))
                _queues.Add((table, number), queue = new TurnQueue());
            return queue.TakeAsync(cancellationToken);
        }
    }
}
