using Memento.Messages;
using Memento.Partitions;
using Memento.Partitions.Locks;
using Memento.Partitions.Operations;
using Memento.Tables;
using Orleans.Transactions;

namespace Memento.Transactions;

/// <summary>
/// What a process knows of one running transaction: its age and time limit, the partitions that take part,
/// the operations under way, and why it must fail, if it must. Kept by id, because each grain call of a
/// transaction sees another <c>TransactionInfo</c>.
/// </summary>
internal sealed class TransactionState(
    Guid id, TransactionAge? age, long deadline, int generation, IPartitions partitions, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Enlistments _enlistments = new();
    private int _operationsUnderWay;
    private int _lastSavepoint;
    private int _savepoint;
    private TaskCompletionSource? _ageTurn;
    private Task? _lastUniqueTurn;
    private MementoException? _doom;
    private bool _hasAbandonedCall;
    private TransactionHeader? _header;
    private volatile bool _hasEnded;
    private bool _isAborting;

    public Guid Id { get; } = id;

    /// <summary>The age, kept over attempts; null in a client until a silo has given it.</summary>
    public TransactionAge? Age { get; private set; } = age;

    /// <summary>The end of the time limit, as a timestamp.</summary>
    public long Deadline { get; } = deadline;

    /// <summary>The journal's generation when it began.</summary>
    public int Generation { get; } = generation;

    /// <summary>Orleans' own record of it, where its body runs in this process.</summary>
    public TransactionInfo? Info { get; init; }

    /// <summary>Cancels the whole transaction.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Whether the body runs in another process, so that its messages may come late.</summary>
    public bool IsJoined { get; init; }

    /// <summary>
    /// Where it was aborted with participants in other processes: ends when what it has read there is
    /// durable, or with the reason why that cannot be said.
    /// </summary>
    public Task<MementoException?>? ReadElsewhere { get; set; }

    /// <summary>How its commit ended, once it has.</summary>
    public Commit.CommitResult? Result { get; set; }

    /// <summary>Whether its commit has begun: no time limit ends it any more.</summary>
    public bool IsCommitting { get; private set; }

    /// <summary>The scope whose body is running, or null where the body runs elsewhere.</summary>
    public TransactionScope? Innermost { get; set; }

    /// <summary>
    /// Why it must fail whatever its body does: it lost a conflict, or ran out of time.
    /// </summary>
    public MementoException? Doom => Volatile.Read(ref _doom);

    public TimeSpan Remaining => time.GetElapsedTime(time.GetTimestamp(), Deadline);

    /// <summary>One for all partitions: the age is set once.</summary>
    public TransactionHeader Header => _header ??= new(
        Id,
        Age ?? throw new InvalidOperationException("A partition is reached before the age is known."),
        Deadline);

    /// <summary>
    /// Whether a call was given up after its message had left: nobody here knows what came of it.
    /// </summary>
    public bool HasAbandonedCall
    {
        get => Volatile.Read(ref _hasAbandonedCall);
        set => Volatile.Write(ref _hasAbandonedCall, value);
    }

    public bool HasOperationsUnderWay => Volatile.Read(ref _operationsUnderWay) != 0;

    /// <summary>
    /// The savepoint under which everything is written now, also through an outer scope; 0 outside any.
    /// </summary>
    public int Savepoint => Volatile.Read(ref _savepoint);

    /// <summary>Begins a savepoint inside the current one; gives both, the outer one to be restored.</summary>
    public (int Begun, int Outer) BeginSavepoint()
    {
        int begun = Interlocked.Increment(ref _lastSavepoint);
        return (begun, Interlocked.Exchange(ref _savepoint, begun));
    }

    public void EndSavepoint(int outer) => Volatile.Write(ref _savepoint, outer);

    /// <summary>Carries out an operation in a partition, which takes part from here on.</summary>
    public async ValueTask<object?> ExecuteAsync(
        TableDefinition table,
        int number,
        Operation operation,
        int savepoint,
        CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _operationsUnderWay);
        CancellationTokenSource? linked = null;
        try
        {
            ThrowIfOver();
            cancellationToken = Link(cancellationToken, out linked);
            Enlistment enlistment = Find(table, number)
                ?? await partitions.EnlistAsync(this, table, number, cancellationToken)
                    .ConfigureAwait(false);
            object? result = await enlistment
                .ExecuteAsync(operation, savepoint, cancellationToken).ConfigureAwait(false);
            ThrowIfTakenBack();
            return result;
        }
        catch (Exception exception)
        {
            if (ReasonOf(exception, table) is { } reason) throw reason;
            throw;
        }
        finally
        {
            linked?.Dispose();
            Interlocked.Decrement(ref _operationsUnderWay);
        }
    }

    /// <summary>
    /// Carries out an operation in each of some partitions: begins everywhere, then waits, so that those of
    /// other silos work side by side. It is one call where each would be many: a query asks all partitions.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="numbers">The partitions.</param>
    /// <param name="operations">What is asked of each, or one for all.</param>
    /// <param name="savepoint">The savepoint under which they are asked; 0 outside any.</param>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    public async ValueTask<object?[]> ExecuteEachAsync(
        TableDefinition table,
        IReadOnlyList<int> numbers,
        IReadOnlyList<Operation> operations,
        int savepoint,
        CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _operationsUnderWay);
        CancellationTokenSource? linked = null;
        try
        {
            ThrowIfOver();
            cancellationToken = Link(cancellationToken, out linked);
            object?[] answers = await EachPartition.ExecuteAsync(
                this, partitions, table, numbers, operations, savepoint, cancellationToken)
                .ConfigureAwait(false);
            ThrowIfTakenBack();
            return answers;
        }
        catch (Exception exception)
        {
            if (ReasonOf(exception, table) is { } reason) throw reason;
            throw;
        }
        finally
        {
            linked?.Dispose();
            Interlocked.Decrement(ref _operationsUnderWay);
        }
    }

    /// <summary>Makes it fail, whatever its body does; the first reason stays.</summary>
    public MementoException DoomWith(MementoException reason)
        => Interlocked.CompareExchange(ref _doom, reason, null) ?? reason;

    public Enlistment? Find(TableDefinition table, int number)
    {
        lock (_gate)
            return _enlistments.Find(table, number);
    }

    /// <summary>Whether any partition takes part, as far as this process knows.</summary>
    public bool HasEnlistments
    {
        get
        {
            lock (_gate)
                return _enlistments.Count > 0;
        }
    }

    /// <summary>Adds a participant, unless it is there or the transaction has ended.</summary>
    public Enlistment Enlist(TableDefinition table, int number, Func<Enlistment> make)
        => Enlist(table, number, make, static (_, make) => make());

    /// <inheritdoc cref="Enlist(TableDefinition, int, Func{Enlistment})"/>
    public Enlistment Enlist<TSource>(
        TableDefinition table,
        int number,
        TSource source,
        Func<TransactionState, TSource, Enlistment> make)
    {
        lock (_gate)
        {
            if (_hasEnded) throw Ended();
            Enlistment? enlistment = _enlistments.Find(table, number);
            if (enlistment is null) _enlistments.Add(enlistment = make(this, source));
            return enlistment;
        }
    }

    /// <summary>
    /// Begins the commit: no operation begins after this. False where it was ended before.
    /// </summary>
    public bool TryBeginCommit(out IReadOnlyList<Enlistment> enlistments)
    {
        lock (_gate)
        {
            enlistments = _enlistments;
            if (_hasEnded) return false;
            return _hasEnded = IsCommitting = true;
        }
    }

    /// <summary>No operation begins after this; false where its commit has begun.</summary>
    public bool TryEnd()
    {
        lock (_gate)
        {
            if (IsCommitting) return false;
            return _hasEnded = true;
        }
    }

    /// <summary>No operation begins after this; gives the participants.</summary>
    public IReadOnlyList<Enlistment> End()
    {
        lock (_gate)
        {
            _hasEnded = true;
            return _enlistments;
        }
    }

    /// <summary>
    /// Begins the abort: no operation begins after this. False where that has been done before, or its
    /// commit has begun.
    /// </summary>
    public bool TryBeginAbort(out IReadOnlyList<Enlistment> enlistments)
    {
        lock (_gate)
        {
            enlistments = _enlistments;
            if (_isAborting || IsCommitting) return false;
            return _hasEnded = _isAborting = true;
        }
    }

    /// <summary>Ends it without its writes; the second time it does nothing.</summary>
    public void Abort()
    {
        if (!TryBeginAbort(out IReadOnlyList<Enlistment> enlistments)) return;

        foreach (Enlistment enlistment in enlistments)
            enlistment.Abort();
    }

    /// <summary>Undoes what was written under a savepoint, everywhere.</summary>
    public async ValueTask RollbackAsync(int savepoint)
    {
        Enlistment[] enlistments;
        lock (_gate)
            enlistments = _hasEnded ? [] : [.. _enlistments];
        foreach (Enlistment enlistment in enlistments)
            await enlistment.RollbackAsync(savepoint).ConfigureAwait(false);
        if (Info is null) return;

        // What record grains wrote for the body in other processes is known to Orleans only.
        Info.ReconcilePending();
        foreach (ParticipantId participant in Info.Participants.Keys.Where(Participant.IsOurs))
        {
            await participant.Reference.AsReference<IIndexGrain>().RollbackAsync(Id, savepoint)
                .ConfigureAwait(false);
        }
    }

    /// <summary>Waits until a message of operations may be sent.</summary>
    public async ValueTask<AgeTurn> TakeAgeTurnAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task other;
            lock (_gate)
            {
                if (Age is { } age) return new AgeTurn(this, age);
                if (_ageTurn is null)
                {
                    _ageTurn = new TaskCompletionSource(
                        TaskCreationOptions.RunContinuationsAsynchronously);
                    return new AgeTurn(this, age: null);
                }

                other = _ageTurn.Task;
            }

            await other.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until no other write to a table with unique indexes is under way.</summary>
    public async ValueTask<UniqueTurn> TakeUniqueTurnAsync(CancellationToken cancellationToken)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? before;
        lock (_gate)
            (before, _lastUniqueTurn) = (_lastUniqueTurn, turn.Task);
        try
        {
            if (before is not null) await before.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Who comes after this one still comes after those before it.
            _ = before!.ContinueWith(
                _ => turn.TrySetResult(),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            throw;
        }

        return new UniqueTurn(turn);
    }

    /// <summary>Takes the age that a silo gave, also for grain calls that join the transaction.</summary>
    public void SetAge(TransactionAge age)
    {
        lock (_gate)
            Age ??= age;
        if (Info is not null) Info.Priority = new DateTime(age.StartTicks, DateTimeKind.Utc);
    }

    public void EndAgeTurn()
    {
        TaskCompletionSource? turn;
        lock (_gate)
            (turn, _ageTurn) = (_ageTurn, null);
        turn?.TrySetResult();
    }

    public void ThrowIfOver()
    {
        if (_hasEnded) throw Doom is TransactionTimeoutException late ? late : Ended();
        if (Doom is { } doom) throw doom;
        if (time.GetTimestamp() >= Deadline) throw DoomWith(TimedOut());
    }

    /// <summary>
    /// The latest journal position whose effect it has seen in this silo; for one whose body has ended.
    /// </summary>
    public long DependsOn()
    {
        long position = 0;
        lock (_gate)
        {
            foreach (Enlistment enlistment in _enlistments)
            {
                if (enlistment is LocalEnlistment local)
                    position = Math.Max(position, local.Transaction.DependsOn);
            }
        }

        return position;
    }

    public TransactionTimeoutException TimedOut()
        => new($"Transaction {Id} ran past its time limit, and nothing of it was kept. Keep "
            + "transactions short, or give this one a longer Timeout.");

    /// <summary>
    /// What was read before commits were taken back and what is read after it never stood together, so
    /// the body does not get to see both.
    /// </summary>
    private void ThrowIfTakenBack()
    {
        // An odd one: it began while commits were being taken back, here and not yet there.
        if (partitions.Generation == Generation && Generation % 2 == 0) return;
        if (partitions.Stands(Generation, DependsOn())) return;

        throw new TransactionConflictException(
            "The durable storage failed while the transaction ran, and it may have read what was taken "
            + "back.");
    }

    /// <summary>Cancels with the whole transaction too.</summary>
    private CancellationToken Link(
        CancellationToken cancellationToken, out CancellationTokenSource? linked)
    {
        linked = cancellationToken.CanBeCanceled && Cancellation.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Cancellation)
            : null;
        return linked?.Token ?? (Cancellation.CanBeCanceled ? Cancellation : cancellationToken);
    }

    /// <summary>
    /// What an operation that failed means for the transaction, which it dooms where it lost a conflict or
    /// its time is up; null: no more than it says.
    /// </summary>
    private MementoException? ReasonOf(Exception exception, TableDefinition table)
    {
        switch (exception)
        {
            case PartitionClosedException { Reason: var closed }:
                return closed is TransactionConflictException ? DoomWith(closed) : closed;
            case NoTransactionException when Doom is TransactionTimeoutException:
                // It was ended for its time limit while it waited.
                return Doom;
            case TransactionConflictException or TransactionTimeoutException:
                // The next attempt of this process has to know what the partition knows.
                if (!partitions.ShareMemory && exception.InnerException is IndexesChangedException changed)
                    return DoomWith(Learn(table, changed) ?? (MementoException)exception);
                return DoomWith((MementoException)exception);
            default:
                return null;
        }
    }

    /// <summary>What keeps this process from using the indexes that the table has; null: nothing.</summary>
    private static MementoException? Learn(TableDefinition table, IndexesChangedException changed)
    {
        try
        {
            table.LearnIndexes(changed.Indexes);
            return null;
        }
        catch (MementoException error)
        {
            return error;
        }
    }

    private NoTransactionException Ended()
        => new NoTransactionException(
            $"Transaction {Id} has ended. Use a transaction only inside its body, and await every call.");
}
