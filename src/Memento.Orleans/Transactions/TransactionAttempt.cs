using System.Runtime.ExceptionServices;
using Memento.Commit;
using Memento.Diagnostics;
using Memento.Keys;
using Memento.Locks;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Storage;
using Orleans.Transactions;

namespace Memento.Transactions;

/// <summary>One run of a body, and its result.</summary>
internal sealed class TransactionAttempt<T>(
    Func<ITransaction, Task<T>> body,
    TransactionTools tools,
    TransactionRegistry registry,
    ICommitter committer,
    TimeProvider time)
{
    private TransactionScope? _scope;
    private T? _value;
    private ExceptionDispatchInfo? _bodyError;
    private Exception? _error;

    /// <summary>Which run of the body it is, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The end of the time limit over all attempts, as a timestamp.</summary>
    public required long Deadline { get; init; }

    /// <summary>The start time of the first attempt.</summary>
    public required long StartTicks { get; init; }

    /// <summary>The age of an earlier attempt.</summary>
    public required TransactionAge? Age { get; init; }

    /// <summary>
    /// The lock that the last attempt lost: this one waits for it before its body runs.
    /// </summary>
    public (Participant Where, LostLock Lock)? First { get; init; }

    /// <summary>How long it waits for that lock.</summary>
    public required TimeSpan Patience { get; init; }

    public required CancellationToken Cancellation { get; init; }

    /// <inheritdoc cref="TransactionState.KeepsWritesBack"/>
    public required bool KeepsWritesBack { get; init; }

    public TransactionState? State { get; private set; }

    /// <summary>Where its body runs, for what that does after it was given up.</summary>
    public AmbientTransaction.Place? Place { get; set; }

    public TimeSpan Remaining => time.GetElapsedTime(time.GetTimestamp(), Deadline);

    /// <summary>Why the body has to run again, if there is no result.</summary>
    public MementoException? RetryReason { get; private set; }

    /// <summary>Begins the attempt as the transaction that Orleans has begun.</summary>
    public TransactionState BeginInOrleans()
    {
        TransactionInfo info = TransactionContext.GetRequiredTransactionInfo();
        return Begin(info.TransactionId, new OrleansRecord(info));
    }

    /// <summary>Begins the attempt as the transaction with an id.</summary>
    /// <param name="id">The attempt's id.</param>
    /// <param name="orleans">Orleans' record of the transaction, if Orleans knows it.</param>
    public TransactionState Begin(Guid id, OrleansRecord? orleans)
    {
        TransactionAge? age = Age
            ?? (tools.Partitions.ShareMemory ? new TransactionAge(StartTicks, id) : null);
        State = new TransactionState(
            id, age, Deadline, committer.Generation, tools.Partitions, time)
        {
            StartTicks = StartTicks,
            Attempt = Number,
            Cancellation = Cancellation,
            Orleans = orleans,
            KeepsWritesBack = KeepsWritesBack,
        };
        _scope = new TransactionScope(State, tools);
        State.Outermost = _scope;
        registry.Add(State);
        return State;
    }

    /// <summary>
    /// Runs the body and keeps its exception unchanged. Returns whether to commit.
    /// </summary>
    public async Task<bool> RunBodyAsync()
    {
        TransactionState state = State!;
        TransactionScope scope = _scope!;
        Task<T>? running = null;
        if (Number > 1) AttemptContext.Set(state.Id, Number);
        try
        {
            if (First is { } first) await WaitForLockAsync(state, first.Where, first.Lock);
            running = body(scope)
                ?? throw new InvalidOperationException(
                    "The body of a transaction gave null, not a task.");
            _value = running.IsCompleted
                ? await running
                : await running.WaitAsync(Limit(Remaining), time, Cancellation);
            Cancellation.ThrowIfCancellationRequested();
        }
        catch (TimeoutException exception) when (running is { IsCompleted: false })
        {
            state.DoomWith(state.TimedOut());
            _bodyError = ExceptionDispatchInfo.Capture(exception);
        }
        catch (Exception exception)
        {
            _bodyError = ExceptionDispatchInfo.Capture(exception);
        }
        finally
        {
            if (running is { IsCompleted: false }) Place?.GiveUp(state, running);
            scope.End();
        }

        if (_bodyError is not null || scope.Aborted is not null || state.Doom is not null)
            return false;
        if (Remaining <= TimeSpan.Zero)
        {
            state.DoomWith(state.TimedOut());
            return false;
        }

        if (state.HasAbandonedCall)
        {
            _error = new MementoException(
                $"A call of transaction {state.Id} was cancelled when it was on its way to a silo, "
                + "so that it may have been carried out or not; nothing of the transaction was "
                + "kept. Let the OperationCanceledException end the body.");
            return false;
        }

        if (state.HasForeignLeft)
        {
            _error = NestedErrors.LeftInGrains(state.Id, reason: null);
            return false;
        }

        if (!state.HasCallsUnderWay)
        {
            await state.RollbackLateAsync();
            await state.WhenKeptArrivedAsync();
            return state.Doom is null;
        }

        _error = new MementoException(
            $"A call of transaction {state.Id} was still running when its body ended; nothing of "
            + "the transaction was kept. Await every call inside the body.");
        return false;
    }

    /// <summary>
    /// Waits for a lock that the body will need, while the transaction has no other: so it may wait
    /// for older transactions, which it may not later.
    /// </summary>
    private async ValueTask WaitForLockAsync(
        TransactionState state, Participant where, LostLock lost)
    {
        try
        {
            await state.ExecuteAsync(
                where.Table,
                where.Number,
                new AwaitRecordOperation(new Key(lost.EncodedKey), lost.Writes, Patience),
                savepoint: null,
                Cancellation);
        }
        catch (MementoException) when (state.Doom is null)
        {
            // The body meets the error itself, if it still uses the table.
        }
    }

    /// <summary>
    /// Takes an exception of Orleans, which says less than the state of the attempt.
    /// </summary>
    public void EndedWith(Exception exception)
    {
        if (State?.Result is null) _error ??= exception;
    }

    /// <summary>
    /// Waits until the reads of an aborted body are durable, because its result may tell of them.
    /// If the reads were taken back, the body runs again.
    /// </summary>
    public async ValueTask ConfirmReadsAsync()
    {
        if (State is null or { Result: not null } or { Doom: not null }) return;
        if (_bodyError is null && _scope?.Aborted is null) return;
        if (await committer.ConfirmReadsAsync(State) is { } unconfirmed)
            State.DoomWith(unconfirmed);
    }

    /// <summary>Ends the attempt. Aborts its transaction if that has no result.</summary>
    public void End()
    {
        if (State is null) return;

        try
        {
            if (State.Result is null)
                committer.Abort(
                    State.Id, State, State.Orleans?.Info.Participants ?? OrleansParticipant.None);
        }
        finally
        {
            State.Orleans?.MarkEnded();
            registry.Remove(State, TransactionOutcome.Aborted);
        }
    }

    /// <summary>Gives the result, or throws. False: the body has to run again.</summary>
    public bool TryGetResult(out TransactionResult<T> result)
    {
        result = default;
        Exception? failure = FindFailure(out bool runsAgain);
        if (failure is null)
        {
            result = IsAborted
                ? new TransactionResult<T>(Ok: false, default, _scope!.Aborted!.Reason)
                {
                    Attempts = Number,
                }
                : new TransactionResult<T>(Ok: true, _value, Reason: null) { Attempts = Number };
            return true;
        }

        if (runsAgain)
        {
            RetryReason = (MementoException)failure;
            return false;
        }

        if (ReferenceEquals(failure, _bodyError?.SourceException)) _bodyError.Throw();
        throw failure;
    }

    /// <summary>How it ended, in the words of the traces.</summary>
    /// <param name="error">Why it has no result, or runs again; null where it ended well.</param>
    public string DescribeOutcome(out Exception? error)
    {
        error = FindFailure(out _);
        return error is not null ? AbortReason.Of(error)
            : IsAborted ? AbortReason.Aborted
            : AbortReason.None;
    }

    /// <summary>Whether its body called <see cref="ITransaction.Abort"/>.</summary>
    private bool IsAborted
        => State?.Result is not { IsCommitted: true } && _scope?.Aborted is not null;

    /// <summary>Why there is no result; null where there is one.</summary>
    private Exception? FindFailure(out bool runsAgain)
    {
        runsAgain = false;
        switch (State?.Result)
        {
            // The outcome of a commit counts over the error of a call that the body had left
            // running.
            case { IsCommitted: true }:
                return null;
            case { Error: TransactionInDoubtException inDoubt }:
                return inDoubt;
        }

        if (State?.Doom is { } doom)
        {
            runsAgain = doom is TransactionConflictException;
            return KeptWriteException.Unwrap(doom);
        }

        if (FindConflict(_bodyError?.SourceException ?? _error) is { } conflict)
        {
            runsAgain = true;
            return conflict;
        }

        if (IsAborted) return null;
        if (_bodyError is not null) return _bodyError.SourceException;
        if (_error is not null) return Translate(_error);
        if (State!.Result is not { } refused) return null;

        runsAgain = refused.MayTryAgain;
        return KeptWriteException.Unwrap(refused.Error!);
    }

    private static TimeSpan Limit(TimeSpan remaining)
        => (remaining < TimeSpan.Zero ? TimeSpan.Zero : remaining) + TransactionLimits.Grace;

    /// <summary>
    /// A grain that joined the transaction may have lost a conflict for it, in a table or in its
    /// own transactional state.
    /// </summary>
    private static TransactionConflictException? FindConflict(Exception? error)
    {
        TransactionConflictException? found = null;
        for (Exception? each = error; each is not null; each = each.InnerException)
        {
            if (each is TransactionConflictException conflict) return conflict;
            if (each is OrleansTransactionTransientFailureException transient)
            {
                found ??= new TransactionConflictException(
                    $"A transactional grain broke the transaction off: {transient.Message}",
                    transient);
            }
        }

        return found;
    }

    private Exception Translate(Exception error) => error switch
    {
        MementoException => error,
        OrleansTransactionInDoubtException
            => new TransactionInDoubtException(State?.Id ?? Guid.Empty, error),
        OrleansTransactionAbortedException { InnerException: MementoException inner } => inner,
        _ => new MementoException(
            $"Orleans could not run the transaction, and nothing of it was kept: {error.Message}",
            error),
    };
}
