using Memento.Diagnostics;
using Memento.Messages;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>
/// Sends the operations of a transaction to one partition in another process. Operations that a
/// body begins without awaiting in between are sent together, in the order of the calls.
/// </summary>
/// <remarks>
/// The first operation of a burst queues the flush behind the code that runs now. No operation
/// waits for an earlier answer, with two exceptions. While the transaction has no age, one message
/// may be under way. And an operation on the same records as one in an earlier message waits for
/// that one, because messages may overtake each other, and an operation that waits for a lock is
/// asked for again.
/// </remarks>
internal sealed partial class OperationOutbox(
    TransactionState state,
    TableDefinition table,
    IIndexGrain grain,
    Action<Exception, OperationCall> failed,
    StoreMetrics? metrics = null)
{
    /// <summary>
    /// How long a message may be without an answer before it counts as lost. The silo answers
    /// sooner, also where it waits for a lock. What is lost with a silo that stops would otherwise
    /// be waited for until Orleans' response time-out.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly OperationsAhead _sent = new();
    private List<OperationCall> _collected = [];
    private long _lastSavepoint;
    private int _asked;
    private bool _isFlushing;
    private SiloAddress? _silo;
    private int _durableReads;
    private bool _needsCommit;
    private LostLock? _lost;

    /// <summary>Takes along what else has ended in the silo; null in a client.</summary>
    public EndedReads? Ended { get; init; }

    /// <summary>The silo that the first message will probably reach; null: not known.</summary>
    public SiloAddress? Likely { get; init; }

    /// <summary>
    /// How many operations the partition has carried out, if all of them are reads of what is
    /// durable; otherwise 0 (<see cref="ExecuteResponse.DurableReads"/>).
    /// </summary>
    public int DurableReads
    {
        get
        {
            lock (_gate)
                return _needsCommit ? 0 : _durableReads;
        }
    }

    /// <summary>The silo that answered last; null before the first answer.</summary>
    public SiloAddress? Silo => Volatile.Read(ref _silo);

    /// <summary>The lock that the last operation did not get that lost a conflict.</summary>
    public LostLock? Lost => Volatile.Read(ref _lost);

    /// <summary>
    /// Sends an operation, together with the operations begun beside it, and waits for its answer.
    /// </summary>
    public async Task<Answer> SendAsync(
        Operation operation, Savepoint? savepoint, CancellationToken cancellationToken)
    {
        var call = new OperationCall(operation, savepoint, cancellationToken);
        bool isFirst;
        lock (_gate)
        {
            _collected.Add(call);
            _asked++;
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
            state.AbandonCall(savepoint);
            throw;
        }
    }

    /// <summary>
    /// Takes the answer to an operation that another silo has sent to the partition.
    /// </summary>
    /// <exception cref="TransactionConflictException">It was not carried out.</exception>
    public Answer Take(ExecuteResponse response)
    {
        if (response.IsMoving) throw Moved();

        Learn(response);
        OperationResponse only = response.Operations.Single();
        if (only.Lost is { } lost) Volatile.Write(ref _lost, lost);
        if (only.Error is { } error) throw error;

        return only.Answer ?? throw new TransactionConflictException(
            "A partition takes long to be opened. The transaction is run again while attempts and "
            + "time are left.");
    }

    /// <summary>
    /// Sends the collected operations. Never fails: each call gets its own error.
    /// </summary>
    private async Task FlushAsync()
    {
        bool isMore = true;
        while (isMore)
        {
            AgeTurn turn = await state.TakeAgeTurnAsync(CancellationToken.None)
                .ConfigureAwait(false);
            _ = SendAsync(turn, Take(out isMore));
        }
    }

    /// <summary>Flushes after the code that runs now, in the same grain or context.</summary>
    private async Task FlushLaterAsync()
    {
        await Task.Yield();
        await FlushAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Takes the operations of one message, without abandoned operations, and without those that
    /// have to wait for an earlier message.
    /// </summary>
    private List<OperationCall> Take(out bool isMore)
    {
        List<OperationCall> taken = [], left = [], refused = [];
        OperationsAhead? held = null;
        long size = 0;
        isMore = false;
        lock (_gate)
        {
            foreach (OperationCall call in _collected)
            {
                isMore |= taken.Count == ExecuteRequest.MaxOperations;
                if (isMore)
                {
                    left.Add(call);
                    continue;
                }

                if (_sent.Delays(call.Request.Operation)
                    || held?.Delays(call.Request.Operation) == true)
                {
                    (held ??= new OperationsAhead()).Add(call.Request.Operation);
                    left.Add(call);
                    continue;
                }

                // In this order: a caller that gives up from here on must learn that the operation
                // may be carried out.
                call.IsSent = true;
                if (call.IsAbandoned) continue;
                if (call.IsGivenUp)
                {
                    refused.Add(call);
                    if (call.IsKept) LetGo(call);
                    continue;
                }

                size += call.Size;
                if (taken.Count > 0 && size > ExecuteRequest.MaxBytes)
                {
                    call.IsSent = false;
                    isMore = true;
                    left.Add(call);
                    continue;
                }

                taken.Add(call);
                _lastSavepoint = Math.Max(_lastSavepoint, call.Request.Savepoint);
            }

            foreach (OperationCall call in taken)
            {
                _sent.Add(call.Request.Operation);
                if (call.IsKept) LetGo(call);
            }

            _collected = left;
            _asked = left.Count(static call => !call.IsHeldBack);
            _isFlushing = isMore;
        }

        foreach (OperationCall call in refused)
            EndElsewhere(call, new OperationResponse { Error = NestedErrors.GivenUp(state.Id) });
        return taken;
    }

    /// <summary>
    /// Sends a message, and the rest of it again, until all operations are answered.
    /// </summary>
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

    /// <summary>Sends a message. If it fails, each of its operations fails.</summary>
    private async Task<IReadOnlyList<OperationResponse>> SendOnceAsync(
        AgeTurn turn, List<OperationCall> calls)
    {
        if (calls.Count == 0) return [];

        try
        {
            state.ThrowIfOver();
            metrics?.Sent(MessageName.Execute);
            SiloAddress? likely = Silo ?? Likely;
            Guid[]? ended = Ended?.In(likely);
            ExecuteRequest request = state.RequestTo(table, turn.Age) with
            {
                Operations = [.. calls.Select(static call => call.Request)],
                Ended = ended,
            };
            ExecuteResponse response =
                await grain.ExecuteAsync(request).WaitAsync(Patience).ConfigureAwait(false);
            if (response.IsMoving) return await MovingAsync(calls).ConfigureAwait(false);
            if (response.Age is { } age) turn.Set(age);
            IndexSet indexes = table.IndexSet;
            foreach (OperationCall call in calls)
                call.PlainIndexes = indexes.Stamp == response.PlainIndexes ? indexes : null;
            Learn(response);
            if (ended is not null && response.Silo is { } silo && silo.Equals(likely))
                Ended!.Confirm(silo, ended);

            if (response.Operations.Length == calls.Count) return response.Operations;

            throw new InvalidOperationException(
                $"A message of {calls.Count} operations got {response.Operations.Length} answers.");
        }
        catch (Exception exception)
        {
            var failed = new OperationResponse { Error = exception };
            return calls.ConvertAll(_ => failed);
        }
    }

    /// <summary>
    /// Sends a message again that found its partition on the way to another silo. What the silo
    /// before has carried out is gone.
    /// </summary>
    /// <exception cref="TransactionConflictException">It has carried something out.</exception>
    private async Task<IReadOnlyList<OperationResponse>> MovingAsync(List<OperationCall> calls)
    {
        if (Silo is not null) throw Moved();

        await Task.Delay(IndexGrains.MovingPause).ConfigureAwait(false);
        var again = new OperationResponse { IsStillWaiting = true };
        return calls.ConvertAll(_ => again);
    }

    /// <summary>
    /// Completes the calls with their answers, and returns the calls that must be sent again.
    /// </summary>
    private List<OperationCall> End(
        List<OperationCall> calls, IReadOnlyList<OperationResponse> responses)
    {
        List<OperationCall> left = [];
        List<(OperationCall Call, OperationResponse Response)> ended = [];
        for (int i = 0; i < calls.Count; i++)
        {
            if (responses[i].Lost is { } lost) Volatile.Write(ref _lost, lost);
            if (!responses[i].IsStillWaiting)
                ended.Add((calls[i], responses[i]));
            else if (calls[i].IsGivenUp)
                ended.Add((calls[i], new() { Error = NestedErrors.GivenUp(state.Id) }));
            else if (calls[i].IsAbandoned)
                ended.Add((calls[i], new() { Error = new OperationCanceledException() }));
            else
                left.Add(calls[i]);
        }

        Release(ended);
        for (int i = 0; i < ended.Count; i++)
        {
            // The waiting code may keep the thread: no later answer waits for it.
            if (i == ended.Count - 1 && left.Count == 0)
                ended[i].Call.End(ended[i].Response);
            else
                EndElsewhere(ended[i].Call, ended[i].Response);
        }

        return left;
    }

    /// <summary>Releases the operations that waited for these answers.</summary>
    private void Release(List<(OperationCall Call, OperationResponse Response)> ended)
    {
        if (ended.Count == 0) return;

        bool isFirst;
        lock (_gate)
        {
            foreach ((OperationCall call, OperationResponse response) in ended)
            {
                _sent.Remove(call.Request.Operation);
                Learn(call, response);
            }

            isFirst = !_isFlushing && _asked > 0;
            _isFlushing |= isFirst;
        }

        foreach ((OperationCall call, OperationResponse response) in ended)
        {
            if (call.IsKept) FailIfRefused(call, response);
        }

        if (isFirst) _ = FlushLaterAsync();
    }

    /// <summary>
    /// Takes where a message was answered, and what it says of all operations before it. Messages
    /// overtake each other, so the highest number is the latest one.
    /// </summary>
    private void Learn(ExecuteResponse response)
    {
        state.Clock.Observe(response.Clock);
        if (response.Silo is not { } silo) return;

        lock (_gate)
        {
            _needsCommit |=
                response.DurableReads == 0 || (_silo is not null && !_silo.Equals(silo));
            _durableReads = Math.Max(_durableReads, response.DurableReads);
            Volatile.Write(ref _silo, silo);
        }
    }

    private static TransactionConflictException Moved()
        => new(
            "A partition moved while the transaction ran. It is run again while attempts and time "
            + "are left.");

    private static void EndElsewhere(OperationCall call, OperationResponse response)
        => ThreadPool.UnsafeQueueUserWorkItem(
            static ended => ended.call.End(ended.response), (call, response), preferLocal: false);
}
