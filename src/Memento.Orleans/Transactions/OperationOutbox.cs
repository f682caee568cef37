using Memento.Messages;
using Memento.Partitions.Operations;

namespace Memento.Transactions;

/// <summary>
/// Sends a transaction's operations to one partition elsewhere: those that a body begins without waiting
/// in between leave together, in the order of the calls.
/// </summary>
/// <remarks>
/// The first operation of a burst puts the flush behind the code that runs now. Nothing waits for an
/// answer before it leaves, unless the transaction has no age yet: then one message may be under way.
/// </remarks>
internal sealed class OperationOutbox(TransactionState state, IIndexGrain grain)
{
    private readonly Lock _gate = new();
    private readonly Queue<OperationCall> _collected = new();
    private bool _isFlushing;

    /// <summary>Sends an operation with those that are begun beside it, and waits for its answer.</summary>
    public ValueTask<Answer> SendAsync(
        Operation operation, int savepoint, CancellationToken cancellationToken)
    {
        var call = new OperationCall(operation, savepoint);
        bool isFirst;
        lock (_gate)
        {
            _collected.Enqueue(call);
            isFirst = !_isFlushing;
            _isFlushing = true;
        }

        if (isFirst) _ = FlushLaterAsync();
        return call.WaitAsync(cancellationToken);
    }

    /// <summary>Sends what has been collected; never fails, each call gets its own error.</summary>
    public async Task FlushAsync()
    {
        do
        {
            AgeTurn turn = await state.TakeAgeTurnAsync(CancellationToken.None).ConfigureAwait(false);
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
                if (!next.IsAbandoned)
                {
                    size += next.Size;
                    if (taken.Count > 0 && size > ExecuteRequest.MaxBytes) break;
                    taken.Add(next);
                }

                _collected.Dequeue();
            }
        }

        return taken;
    }

    /// <summary>Sends a message, and again what was not carried out, until all is answered.</summary>
    private async Task SendAsync(AgeTurn turn, List<OperationCall> calls)
    {
        while (true)
        {
            try
            {
                using (turn)
                    calls = await SendOnceAsync(turn, calls).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                foreach (OperationCall call in calls)
                    call.Fail(exception);
                return;
            }

            if (calls.Count == 0) return;
            turn = await state.TakeAgeTurnAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a message; gives those of its calls that are to be asked for again.</summary>
    private async Task<List<OperationCall>> SendOnceAsync(AgeTurn turn, List<OperationCall> calls)
    {
        if (calls.Count == 0) return calls;

        state.ThrowIfOver();
        var operations = new OperationRequest[calls.Count];
        for (int i = 0; i < operations.Length; i++)
            operations[i] = calls[i].Request;
        ExecuteResponse response = await grain.ExecuteAsync(new ExecuteRequest
        {
            TransactionId = state.Id,
            Age = turn.Age,
            Remaining = state.Remaining,
            Operations = operations,
        }).ConfigureAwait(false);
        if (response.Age is { } age) turn.Set(age);
        if (response.Operations.Count != calls.Count)
        {
            throw new InvalidOperationException(
                $"A message of {calls.Count} operations got {response.Operations.Count} answers.");
        }

        List<OperationCall> left = [];
        for (int i = 0; i < calls.Count; i++)
        {
            if (!TryEnd(calls[i], response.Operations[i])) left.Add(calls[i]);
        }

        return left;
    }

    private static bool TryEnd(OperationCall call, OperationResponse response)
    {
        if (response.IsStillWaiting) return call.IsAbandoned;

        if (response.Error is not null)
            call.Fail(response.Error);
        else
            call.Answer(response.Answer!);
        return true;
    }
}
