using Memento.Messages;
using Memento.Partitions.Operations;
using Memento.Tables;

namespace Memento.Transactions;

/// <summary>
/// Sends a transaction's operations to one partition elsewhere: those that a body begins without
/// waiting in between leave together, in the order of the calls.
/// </summary>
/// <remarks>
/// The first operation of a burst puts the flush behind the code that runs now. Nothing waits for an
/// earlier answer, unless the transaction has no age yet: then one message may be under way.
/// </remarks>
internal sealed class OperationOutbox(
    TransactionState state, TableRegistration registration, IIndexGrain grain)
{
    private readonly Lock _gate = new();
    private readonly Queue<OperationCall> _collected = new();
    private bool _isFlushing;

    /// <summary>Sends an operation with those begun beside it, and waits for its answer.</summary>
    public async Task<Answer> SendAsync(
        Operation operation, int savepoint, CancellationToken cancellationToken)
    {
        var call = new OperationCall(operation, savepoint, cancellationToken);
        bool isFirst;
        lock (_gate)
        {
            _collected.Enqueue(call);
            isFirst = !_isFlushing;
            _isFlushing = true;
        }

        if (isFirst) _ = FlushLaterAsync();
        try
        {
            return await call.WaitAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (call.IsSent)
        {
            state.HasAbandonedCall = true;
            throw;
        }
    }

    /// <summary>Sends what has been collected; never fails, each call gets its own error.</summary>
    public async Task FlushAsync()
    {
        do
        {
            AgeTurn turn = await state.TakeAgeTurnAsync(CancellationToken.None)
                .ConfigureAwait(false);
            _ = SendAsync(turn, Take());
        }
        while (!TryEndFlush());
    }

    /// <summary>Flushes behind the code that runs now, in its grain or its context.</summary>
    private async Task FlushLaterAsync()
    {
        await Task.Yield();
        await FlushAsync().ConfigureAwait(false);
    }

    private bool TryEndFlush()
    {
        lock (_gate)
        {
            if (_collected.Count > 0) return false;
            _isFlushing = false;
            return true;
        }
    }

    /// <summary>Takes a message's worth, without those that nobody waits for.</summary>
    private List<OperationCall> Take()
    {
        List<OperationCall> taken = [];
        long size = 0;
        lock (_gate)
        {
            while (taken.Count < ExecuteRequest.MaxOperations
                && _collected.TryPeek(out OperationCall? next))
            {
                // In this order: who gives up from here on has to be told that it may be carried out.
                next.IsSent = true;
                if (!next.IsAbandoned)
                {
                    size += next.Size;
                    if (taken.Count > 0 && size > ExecuteRequest.MaxBytes)
                    {
                        next.IsSent = false;
                        break;
                    }

                    taken.Add(next);
                }

                _collected.Dequeue();
            }
        }

        return taken;
    }

    /// <summary>Sends a message, and again what is left of it, until all is answered.</summary>
    private async Task SendAsync(AgeTurn turn, List<OperationCall> calls)
    {
        while (true)
        {
            IReadOnlyList<OperationResponse> responses;
            using (turn)
                responses = await SendOnceAsync(turn, calls).ConfigureAwait(false);
            calls = End(calls, responses);
            if (calls.Count == 0) return;

            turn = await state.TakeAgeTurnAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a message; its failure is that of each of its operations.</summary>
    private async Task<IReadOnlyList<OperationResponse>> SendOnceAsync(
        AgeTurn turn, List<OperationCall> calls)
    {
        if (calls.Count == 0) return [];

        try
        {
            state.ThrowIfOver();
            ExecuteResponse response = await grain.ExecuteAsync(new ExecuteRequest
            {
                TransactionId = state.Id,
                Age = turn.Age,
                Remaining = state.Remaining,
                Operations = calls.ConvertAll(static call => call.Request),
                Registration = registration,
            }).ConfigureAwait(false);
            if (response.Age is { } age) turn.Set(age);
            if (response.Operations.Count == calls.Count) return response.Operations;

            throw new InvalidOperationException(
                $"A message of {calls.Count} operations got {response.Operations.Count} answers.");
        }
        catch (Exception exception)
        {
            var failed = new OperationResponse { Error = exception };
            return calls.ConvertAll(_ => failed);
        }
    }

    /// <summary>Gives the answers; returns the calls that are to be sent again.</summary>
    private static List<OperationCall> End(
        List<OperationCall> calls, IReadOnlyList<OperationResponse> responses)
    {
        List<OperationCall> left = [];
        for (int i = 0; i < calls.Count; i++)
        {
            if (responses[i].IsStillWaiting)
            {
                if (!calls[i].IsAbandoned) left.Add(calls[i]);
                continue;
            }

            // Who waits may do as he likes with the thread: no later answer waits for him.
            if (i == calls.Count - 1 && left.Count == 0)
                calls[i].End(responses[i]);
            else
                EndElsewhere(calls[i], responses[i]);
        }

        return left;
    }

    private static void EndElsewhere(OperationCall call, OperationResponse response)
        => ThreadPool.UnsafeQueueUserWorkItem(
            static ended => ended.call.End(ended.response), (call, response), preferLocal: false);
}
