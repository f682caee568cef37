using Memento.Locks;
using Memento.Messages;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>
/// What a process knows of one running transaction: its age and time limit, the partitions that
/// take part, the operations under way, and why it must fail, if it must. Kept by id, because each
/// grain call of a transaction sees another <c>TransactionInfo</c>.
/// </summary>
internal sealed class TransactionState(
    Guid id, TransactionAge? age, long deadline, int generation, IPartitions partitions, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Enlistments _enlistments = new();
    private int _callsUnderWay;
    private TaskCompletionSource? _ageTurn;
    private TurnQueue? _uniqueTurns;
    private PartitionOpenings? _openings;
    private Savepoints? _savepoints;
    private GrainWrites? _grainWrites;
    private MementoException? _doom;
    private List<Savepoint?>? _abandoned;
    private TransactionHeader? _header;
    private OrleansRecord? _orleans;
    private volatile bool _hasEnded;
    private bool _isAborting;

    public Guid Id { get; } = id;

    /// <summary>The age, kept over attempts; null in a client until a silo has given it.</summary>
    public TransactionAge? Age { get; private set; } = age;

    /// <summary>
    /// When the first attempt began, on the clock of the process whose body it is: the age that
    /// grain calls take along where no silo has given one.
    /// </summary>
    public long StartTicks { get; init; } = age?.StartTicks ?? 0;

    /// <summary>The end of the time limit, as a timestamp.</summary>
    public long Deadline { get; } = deadline;

    /// <summary>The journal's generation when it began.</summary>
    public int Generation { get; } = generation;

    /// <summary>
    /// Orleans' own record of it, where its body runs in this process and Orleans knows of it.
    /// </summary>
    public OrleansRecord? Orleans
    {
        get => Volatile.Read(ref _orleans);
        init => _orleans = value;
    }

    /// <summary>Cancels the whole transaction.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>
    /// Whether the body runs in another process, so that its messages may come late.
    /// </summary>
    public bool IsJoined { get; init; }

    /// <summary>
    /// Where it was aborted with participants in other processes: ends when what it has read there
    /// is durable, or with the reason why that cannot be said.
    /// </summary>
    public Task<MementoException?>? ReadElsewhere { get; set; }

    /// <summary>How its commit ended, once it has.</summary>
    public CommitResult? Result { get; set; }

    /// <summary>Whether its commit has begun: no time limit ends it any more.</summary>
    public bool IsCommitting { get; private set; }

    /// <summary>The body's own scope, or null where it runs elsewhere.</summary>
    public ITransactionBody? Outermost { get; set; }

    /// <summary>Its nested bodies in this process, once it has had any.</summary>
    public NestedScopes? Nested { get; private set; }

    /// <summary>Its savepoints, once it has had any.</summary>
    public Savepoints? Savepoints => Volatile.Read(ref _savepoints);

    /// <summary>
    /// Why it must fail whatever its body does: it lost a conflict, or ran out of time.
    /// </summary>
    public MementoException? Doom => Volatile.Read(ref _doom);

    public TimeSpan Remaining => time.GetElapsedTime(time.GetTimestamp(), Deadline);

    /// <summary>One for all partitions: the age is set once.</summary>
    public TransactionHeader Header
    {
        get
        {
            lock (_gate)
            {
                return _header ??= new TransactionHeader(
                    Id,
                    Age ?? throw new InvalidOperationException(
                        "A partition is reached before the age is known."),
                    Deadline)
                {
                    Savepoints = _savepoints,
                };
            }
        }
    }

    /// <summary>
    /// Whether a call was given up after its message had left, so that nobody here knows what came
    /// of it; not where it was undone with its savepoint, late or not: then the commit finds out
    /// whether it counts.
    /// </summary>
    public bool HasAbandonedCall
    {
        get
        {
            if (Volatile.Read(ref _abandoned) is not { } abandoned) return false;

            lock (_gate)
                return abandoned.Exists(static each => each is not { IsGivenUp: true });
        }
    }

    /// <summary>Notes that a call was given up whose message had left.</summary>
    public void AbandonCall(Savepoint? savepoint)
    {
        lock (_gate)
            (_abandoned ??= []).Add(savepoint);
    }

    /// <summary>Whether operations or nested bodies are still running.</summary>
    public bool HasCallsUnderWay => Volatile.Read(ref _callsUnderWay) != 0;

    /// <summary>Its savepoints, from now on if it had none.</summary>
    public Savepoints UseSavepoints()
    {
        if (Savepoints is { } known) return known;

        lock (_gate)
        {
            if (_savepoints is not null) return _savepoints;

            Savepoints made = IsJoined ? Partitions.Savepoints.OfJoined() : new Savepoints(origin: 0);
            if (_header is not null) _header.Savepoints = made;
            Volatile.Write(ref _savepoints, made);
            return made;
        }
    }

    /// <summary>Its nested bodies, from now on if it had none.</summary>
    public NestedScopes UseNested()
    {
        Savepoints savepoints = UseSavepoints();
        lock (_gate)
            return Nested ??= new NestedScopes(Id, savepoints);
    }

    /// <summary>Counts a call: it is to have ended when its body does.</summary>
    public void BeginCall(Savepoint? savepoint)
    {
        Interlocked.Increment(ref _callsUnderWay);
        savepoint?.BeginCall();
    }

    public void EndCall(Savepoint? savepoint)
    {
        savepoint?.EndCall();
        Interlocked.Decrement(ref _callsUnderWay);
    }

    /// <summary>Carries out an operation in a partition, which takes part from here on.</summary>
    public async ValueTask<object?> ExecuteAsync(
        TableDefinition table,
        int number,
        Operation operation,
        Savepoint? savepoint,
        CancellationToken cancellationToken)
    {
        BeginCall(savepoint);
        CancellationTokenSource? linked = null;
        try
        {
            ThrowIfOver(savepoint);
            cancellationToken = Link(cancellationToken, out linked);
            object? result = await BeginAsync(table, number, operation, savepoint, cancellationToken)
                .ConfigureAwait(false);
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
            EndCall(savepoint);
        }
    }

    /// <summary>
    /// Carries out an operation in each of some partitions: begins everywhere, then waits, so that
    /// those of other silos work side by side. It is one call where each would be many: a query
    /// asks all partitions.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="numbers">The partitions.</param>
    /// <param name="operations">What is asked of each, or one for all.</param>
    /// <param name="savepoint">The savepoint under which they are asked; null outside any.</param>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    public async ValueTask<object?[]> ExecuteEachAsync(
        TableDefinition table,
        IReadOnlyList<int> numbers,
        IReadOnlyList<Operation> operations,
        Savepoint? savepoint,
        CancellationToken cancellationToken)
    {
        BeginCall(savepoint);
        CancellationTokenSource? linked = null;
        try
        {
            ThrowIfOver(savepoint);
            cancellationToken = Link(cancellationToken, out linked);
            object?[] answers = await EachPartition.ExecuteAsync(
                this, table, numbers, operations, savepoint, cancellationToken)
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
            EndCall(savepoint);
        }
    }

    /// <summary>
    /// Begins an operation in a partition, behind those that were begun before it and still look
    /// for the same partition.
    /// </summary>
    public ValueTask<object?> BeginAsync(
        TableDefinition table,
        int number,
        Operation operation,
        Savepoint? savepoint,
        CancellationToken cancellationToken)
    {
        PartitionOpenings? openings = Volatile.Read(ref _openings);
        if (openings is null || !openings.Contains(table, number))
        {
            if (Find(table, number) is { } known)
                return known.ExecuteAsync(operation, savepoint, cancellationToken);

            ValueTask<Enlistment> enlisting =
                partitions.EnlistAsync(this, table, number, cancellationToken);
            if (enlisting.IsCompletedSuccessfully)
                return enlisting.Result.ExecuteAsync(operation, savepoint, cancellationToken);

            return UseOpenings().BeginAsync(
                enlisting, table, number, operation, savepoint, cancellationToken);
        }

        return openings.BeginAsync(
            enlisting: null, table, number, operation, savepoint, cancellationToken);
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
    /// <param name="reason">Why it must fail; not told to one whose commit has begun.</param>
    public bool TryEnd(MementoException? reason = null)
    {
        lock (_gate)
        {
            if (IsCommitting) return false;
            if (reason is not null) DoomWith(reason);
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
    /// Begins the abort: no operation begins after this. False where that has been done before, or
    /// its commit has begun.
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

    /// <summary>
    /// Undoes what was written under a savepoint, everywhere, and lets nothing more be done under
    /// it. Nobody can cancel it, and where it fails the transaction must fail.
    /// </summary>
    /// <param name="savepoint">The savepoint.</param>
    /// <param name="alsoInGrains">
    /// Whether record grains in other processes may have written under it.
    /// </param>
    public async ValueTask RollbackAsync(Savepoint savepoint, bool alsoInGrains)
    {
        UseSavepoints().GiveUp(savepoint.Id);
        if (Doom is not null) return;

        Enlistment[] enlistments;
        lock (_gate)
            enlistments = _hasEnded ? [] : [.. _enlistments];
        try
        {
            List<Task>? waiting = null;
            foreach (Enlistment enlistment in enlistments)
            {
                ValueTask undoing = enlistment.RollbackAsync(savepoint);
                if (!undoing.IsCompletedSuccessfully) (waiting ??= []).Add(undoing.AsTask());
            }

            if (waiting is not null) await Task.WhenAll(waiting).ConfigureAwait(false);
            if (alsoInGrains && UseGrainWrites() is { } writes)
                await writes.RollbackAsync(RollbackOf(savepoint.Id)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            DoomWith(NotUndone(exception));
        }
    }

    /// <summary>
    /// Undoes what grains may have written too late to be undone; for a body that has ended.
    /// </summary>
    public async ValueTask RollbackLateAsync()
    {
        if (_grainWrites is null) return;

        try
        {
            await _grainWrites.RollbackLateAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            DoomWith(NotUndone(exception));
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

    /// <summary>
    /// Waits for the right to write to tables with unique indexes: such writes that a body begins
    /// side by side go one after the other, each reads what stands at its key and gives up the
    /// values of that.
    /// </summary>
    public ValueTask<Turn> TakeUniqueTurnAsync(CancellationToken cancellationToken)
    {
        TurnQueue turns;
        lock (_gate)
            turns = _uniqueTurns ??= new TurnQueue();
        return turns.TakeAsync(cancellationToken);
    }

    /// <summary>Takes Orleans' record of it; the first one stays, and is given.</summary>
    public OrleansRecord Introduce(OrleansRecord record)
    {
        OrleansRecord known = Interlocked.CompareExchange(ref _orleans, record, null) ?? record;

        // Also an age that came meanwhile, and did not find the record; without one, in a client,
        // the grain calls of all attempts are as old as the first attempt.
        known.SetAge(Age?.StartTicks ?? StartTicks);
        return known;
    }

    /// <summary>
    /// Takes the age that a silo gave, also for grain calls that join the transaction.
    /// </summary>
    public void SetAge(TransactionAge age)
    {
        lock (_gate)
            Age ??= age;
        Orleans?.SetAge(age.StartTicks);
    }

    /// <summary>The message that takes a partition elsewhere back.</summary>
    public RollbackRequest RollbackOf(long savepoint)
        => new(Id, Age, Remaining, savepoint);

    public void EndAgeTurn()
    {
        TaskCompletionSource? turn;
        lock (_gate)
            (turn, _ageTurn) = (_ageTurn, null);
        turn?.TrySetResult();
    }

    /// <exception cref="NoTransactionException">It has ended, or the savepoint has.</exception>
    public void ThrowIfOver(Savepoint? savepoint)
    {
        if (savepoint is { IsGivenUp: true }) throw NestedErrors.GivenUp(Id);
        ThrowIfOver();
    }

    /// <exception cref="NoTransactionException">It has ended.</exception>
    public void ThrowIfOver()
    {
        if (_hasEnded) throw Doom is TransactionTimeoutException late ? late : Ended();
        if (Doom is { } doom) throw doom;
        if (time.GetTimestamp() >= Deadline) throw DoomWith(TimedOut());
    }

    /// <summary>
    /// The latest journal position whose effect it has seen in this silo; for one whose body has
    /// ended.
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
    /// What was read before commits were taken back and what is read after it never stood together,
    /// so the body does not get to see both.
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

    private PartitionOpenings UseOpenings()
    {
        lock (_gate)
            return _openings ??= new PartitionOpenings(this, partitions);
    }

    private GrainWrites? UseGrainWrites()
    {
        if (Orleans is not { } record) return null;

        lock (_gate)
            return _grainWrites ??= new GrainWrites(record);
    }

    private TransactionConflictException NotUndone(Exception exception)
        => new(
            $"What a part of transaction {Id} wrote could not be undone everywhere: {exception.Message} "
            + "The transaction is run again while attempts and time are left.",
            exception);

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
    /// What an operation that failed means for the transaction, which it dooms where it lost a
    /// conflict or its time is up; null: no more than it says.
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

    /// <summary>
    /// What keeps this process from using the indexes that the table has; null: nothing.
    /// </summary>
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
