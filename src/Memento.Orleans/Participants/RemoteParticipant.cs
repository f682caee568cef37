using Memento.Diagnostics;
using Memento.Messages;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>
/// A partition in a silo, called from a client or another silo by plain grain calls that name the
/// transaction. It is enlisted before the first message leaves, so that a lost answer cannot hide a
/// lock.
/// </summary>
internal sealed class RemoteParticipant : Participant
{
    private readonly TransactionState _state;
    private readonly OperationOutbox _outbox;
    private readonly StoreMetrics? _metrics;
    private readonly SiloAddress? _silo;
    private readonly EndedReads? _ended;

    public RemoteParticipant(
        TransactionState state,
        TableDefinition table,
        int number,
        IIndexGrain grain,
        StoreMetrics? metrics = null,
        SiloAddress? silo = null,
        EndedReads? ended = null)
        : base(table, number)
    {
        _state = state;
        _metrics = metrics;
        _silo = silo;
        _ended = ended;
        _outbox = new OperationOutbox(state, table, grain, FailKept, metrics)
        {
            Likely = silo,
            Ended = ended,
        };
        Grain = grain;
    }

    public IIndexGrain Grain { get; }

    public override SiloAddress? Silo => _outbox.Silo ?? _silo;

    /// <summary>How many operations were carried out in the partition, and answered.</summary>
    public override int Operations => base.Operations - _outbox.Uncounted;

    /// <inheritdoc cref="OperationOutbox.HasKept"/>
    public bool HasKept => _outbox.HasKept;

    /// <summary>
    /// Ends the transaction in the partition without a commit, if that is possible: it has only
    /// read there, and all answers said that nothing of it can be lost any more. It has read as of
    /// the last of these operations, when it had all its locks.
    /// </summary>
    public bool TryEndReads()
    {
        if (_ended is null || _outbox.Silo is not { } reader || HasKept) return false;
        if (Operations == 0 || _outbox.DurableReads != Operations) return false;

        _ended.Add(reader, _state.Id);
        return true;
    }

    public override LostLock? Lost => _outbox.Lost;

    /// <summary>
    /// Takes the answer to an operation that another silo has sent to the partition.
    /// </summary>
    public TResult Take<TResult>(Operation<TResult> operation, ExecuteResponse response)
    {
        try
        {
            TResult result = operation.Codec.Decode(Table, _outbox.Take(response));
            Count();
            return result;
        }
        catch (Exception error) when (ConflictOf(error, isGivenUp: false) is { } conflict)
        {
            throw conflict;
        }
    }

    // Operations under the savepoint that were not sent are never sent.
    public override ValueTask RollbackAsync(Savepoint savepoint)
    {
        if (!_outbox.GiveUp(savepoint)) return default;

        _metrics?.Sent(MessageName.Rollback);
        return new(Grain.RollbackAsync(_state.RollbackOf(savepoint.Id)));
    }

    public override void Abort() => AbortMessage.Send(Grain, _state.Id, _metrics);

    /// <inheritdoc cref="OperationOutbox.TakeKept"/>
    public IReadOnlyList<Operation<bool>>? TakeKept() => _outbox.TakeKept();

    /// <summary>
    /// Sends what is kept back, and then tells the partition that it has arrived. Does not fail:
    /// the transaction does.
    /// </summary>
    public async Task SendKeptAsync()
    {
        await _outbox.SendKeptAsync().ConfigureAwait(false);
        if (_state.Doom is not null) return;

        try
        {
            await Grain.ArriveAsync(_state.Id).WaitAsync(OperationOutbox.Patience)
                .ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _state.DoomWith(ConflictOf(error, isGivenUp: false) ?? KeptWriteException.Of(error));
        }
    }

    public override async ValueTask<bool> WhenArrivedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Grain.AwaitArrivalAsync(_state.Id)
                .WaitAsync(OperationOutbox.Patience, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (
            ConflictOf(error, isGivenUp: false, cancellationToken) is { } conflict)
        {
            throw _state.DoomWith(conflict);
        }
    }

    /// <inheritdoc cref="OperationOutbox.WhenKeptArrivedAsync"/>
    public Task WhenKeptArrivedAsync() => _outbox.WhenKeptArrivedAsync();

    protected override ValueTask<TResult> ExecuteCoreAsync<TResult>(
        Operation<TResult> operation, Savepoint? savepoint, CancellationToken cancellationToken)
    {
        operation.Pack(Table);
        if (operation is Operation<bool> write
            && !cancellationToken.IsCancellationRequested
            && _outbox.TryKeep(write, savepoint, out bool answer))
        {
            return new ValueTask<TResult>((TResult)(object)answer);
        }

        return SendAndDecodeAsync(operation, savepoint, cancellationToken);
    }

    private async ValueTask<TResult> SendAndDecodeAsync<TResult>(
        Operation<TResult> operation, Savepoint? savepoint, CancellationToken cancellationToken)
    {
        Answer answer;
        try
        {
            answer = await _outbox.SendAsync(operation, savepoint, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception exception)
            when (ConflictOf(exception, savepoint is { IsGivenUp: true }, cancellationToken)
                is { } conflict)
        {
            throw conflict;
        }

        TResult result = operation.Codec.Decode(Table, answer);

        // Now, because the caller may change the record.
        if (operation is ReadOperation { LocksEntries: true } read && result is not null)
            _outbox.LearnEntries(read.Key, result);
        return result;
    }

    private void FailKept(Exception error, OperationCall call)
        => _state.FailKept(
            ConflictOf(error, call.IsGivenUp) ?? error, Table, call.Request.Operation);

    /// <summary>
    /// A silo that does not answer, or has ended what goes on there, ends the attempt, not the
    /// transaction. Null: it is another error.
    /// </summary>
    private TransactionConflictException? ConflictOf(
        Exception error, bool isGivenUp, CancellationToken cancellationToken = default)
    {
        if (StoreLifetime.IsUnreachable(error, cancellationToken))
        {
            return new TransactionConflictException(
                $"Partition {Number} of table '{Table.Name}' did not answer: {error.Message} "
                + "The transaction is run again while attempts and time are left.",
                error);
        }

        // The silo has ended what goes on here, because a partition moved, for example.
        return error is NoTransactionException && _state.Phase == TransactionPhase.Running
            && !isGivenUp
                ? new TransactionConflictException(
                    $"The silo of partition {Number} of table '{Table.Name}' has ended the "
                    + $"transaction: {error.Message} It is run again while attempts and time are "
                    + "left.",
                    error)
                : null;
    }
}
