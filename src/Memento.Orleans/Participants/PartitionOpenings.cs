using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>
/// The partitions that are being located for a transaction. Their operations begin in the order of
/// the calls, as if the partition had been known.
/// </summary>
internal sealed class PartitionOpenings(TransactionState state, IPartitions partitions)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(TableDefinition Table, int Number), TurnQueue> _queues = [];

    /// <summary>
    /// Whether operations wait for a partition, so that new ones belong behind them.
    /// </summary>
    public bool Contains(TableDefinition table, int number)
    {
        lock (_gate)
            return _queues.ContainsKey((table, number));
    }

    /// <summary>
    /// Begins an operation after the earlier operations on the same partition have begun.
    /// </summary>
    /// <param name="enlisting">The partition, if it is being located already.</param>
    /// <param name="table">The table.</param>
    /// <param name="number">The partition's number.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="savepoint">Its savepoint; null: none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<TResult> BeginAsync<TResult>(
        ValueTask<Participant>? enlisting,
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
                Participant participant = enlisting is { } found
                    ? await found.ConfigureAwait(false)
                    : await partitions.EnlistAsync(state, table, number, cancellationToken)
                        .ConfigureAwait(false);
                answer = participant.ExecuteAsync(operation, savepoint, cancellationToken);
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
