using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Silos;

/// <summary>Carries out the operations of one message, in the silo of their partition.</summary>
internal sealed class OperationMessage(TransactionState state, TableDefinition table, int number)
    : IDisposable
{
    private readonly CancellationTokenSource _patience = new();
    private Savepoint? _savepoint;

    private TableDefinition Table => table;

    /// <summary>
    /// Begins all operations in their order, then waits for all. An operation that still waits for
    /// a lock after a time is answered with that.
    /// </summary>
    /// <param name="requests">The operations.</param>
    /// <param name="longestWait">How long the answers may wait for locks.</param>
    public async Task<OperationResponse[]> ExecuteAsync(
        IReadOnlyList<OperationRequest> requests, TimeSpan longestWait)
    {
        var responses = new OperationResponse[requests.Count];
        List<(int Index, Task<OperationResponse> Response)> waiting = [];
        long size = 0;
        for (int i = 0; i < responses.Length; i++)
        {
            if (size > Answer.MaxBytes)
            {
                responses[i] = new OperationResponse { IsStillWaiting = true };
                continue;
            }

            ValueTask<OperationResponse> executing = ExecuteAsync(requests[i]);
            if (executing.IsCompletedSuccessfully)
            {
                responses[i] = executing.Result;
                size += responses[i].Answer?.Size ?? 0;
                continue;
            }

            if (waiting.Count == 0) _patience.CancelAfter(longestWait);
            waiting.Add((i, executing.AsTask()));
        }

        foreach ((int index, Task<OperationResponse> response) in waiting)
            responses[index] = await response;
        return responses;
    }

    public void Dispose() => _patience.Dispose();

    /// <summary>
    /// A record in another partition than the partition of its key would never be found again.
    /// </summary>
    private void CheckPartition(Operation operation)
    {
        if (operation is not IKeyOperation onKey || table.PartitionOf(onKey.Key) == number) return;

        throw new MementoException(
            $"Partition {number} of table '{table.Name}' was sent a key of partition "
            + $"{table.PartitionOf(onKey.Key)} of {table.PartitionCount}. Register the table with "
            + "the same number of partitions in clients and silos.");
    }

    private Savepoint? SavepointOf(OperationRequest request)
    {
        if (request.Savepoint == 0) return null;

        // Most operations of a message have the same savepoint.
        if (_savepoint?.Id != request.Savepoint)
        {
            _savepoint = state.UseSavepoints().Find(
                [request.Savepoint, .. request.Around ?? []]);
        }

        return _savepoint;
    }

    private ValueTask<TResult> ExecuteAsync<TResult>(
        Operation<TResult> operation, Savepoint? savepoint)
        => state.ExecuteAsync(table, number, operation, savepoint, _patience.Token);

    /// <summary>
    /// Every error is an answer, so that it does not affect the other operations.
    /// </summary>
    private ValueTask<OperationResponse> ExecuteAsync(OperationRequest request)
    {
        try
        {
            CheckPartition(request.Operation);
            var target = new Target(this, SavepointOf(request));
            ValueTask<Answer> answering = request.Operation.AnswerAsync(target);
            if (answering.IsCompletedSuccessfully)
                return new(new OperationResponse { Answer = answering.Result });

            return answering.IsFaulted
                ? new(Refuse(answering.TakeError()))
                : EndAsync(answering);
        }
        catch (Exception error)
        {
            return new(Refuse(error));
        }
    }

    private async ValueTask<OperationResponse> EndAsync(ValueTask<Answer> answering)
    {
        try
        {
            return new OperationResponse { Answer = await answering };
        }
        catch (Exception error)
        {
            return Refuse(error);
        }
    }

    /// <summary>An error as an answer, with the lock that was not got.</summary>
    private OperationResponse Refuse(Exception error)
    {
        if (error is OperationCanceledException && _patience.IsCancellationRequested)
        {
            return state.Doom is { } doom
                ? new OperationResponse { Error = doom }
                : new OperationResponse { IsStillWaiting = true };
        }

        // A transaction that has lost need not wait for its other locks.
        if (state.Doom is not null) _patience.CancelAsync().Ignore();
        return new OperationResponse
        {
            Error = error,
            Lost = error is TransactionConflictException ? state.Find(table, number)?.Lost : null,
        };
    }

    /// <summary>Where an operation of the message is carried out, under its savepoint.</summary>
    private sealed class Target(OperationMessage message, Savepoint? savepoint) : IOperationTarget
    {
        public TableDefinition Table => message.Table;

        public ValueTask<TResult> ExecuteAsync<TResult>(Operation<TResult> operation)
            => message.ExecuteAsync(operation, savepoint);
    }
}
