using Memento.Locks;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <summary>
/// The state of one running transaction in a process: its age and time limit, the partitions that
/// take part, the running operations, and why it must fail, if it must. It is kept by id, because
/// each grain call of a transaction has another <c>TransactionInfo</c>.
/// </summary>
internal sealed partial class TransactionState(
    Guid id,
    TransactionAge? age,
    long deadline,
    int generation,
    IPartitions partitions,
    TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly ParticipantList _participants = new();
    private int _callsUnderWay;
    private PartitionOpenings? _openings;
    private TransactionHeader? _header;
    private TransactionCallbacks? _callbacks;

    public Guid Id { get; } = id;

    /// <summary>The end of the time limit, as a timestamp.</summary>
    public long Deadline { get; } = deadline;

    /// <summary>The journal's generation when it began.</summary>
    public int Generation { get; } = generation;

    /// <summary>Which run of its body it is, from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>What runs after its end; null: nothing.</summary>
    public TransactionCallbacks? Callbacks => Volatile.Read(ref _callbacks);

    /// <summary>Cancels the whole transaction.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>
    /// Whether the body runs in another process, so that its messages may come late.
    /// </summary>
    public bool IsJoined { get; init; }

    /// <summary>The silo whose message has begun it here; null: a client, or not joined.</summary>
    public SiloAddress? Caller { get; init; }

    /// <summary>This silo, for messages to others; null in a client.</summary>
    public SiloAddress? Here => partitions.Here;

    /// <summary>The clock of this process, for the stamps of commits.</summary>
    public HybridClock Clock => partitions.Clock;

    /// <summary>
    /// After an abort with participants in other processes: ends when its reads there are durable,
    /// or with the reason why that is not known.
    /// </summary>
    public Task<MementoException?>? ReadElsewhere { get; set; }

    /// <summary>The scope of the body, or null if the body runs in another process.</summary>
    public ITransactionBody? Outermost { get; set; }

    public TimeSpan Remaining => time.GetElapsedTime(time.GetTimestamp(), Deadline);

    /// <summary>The same object for all partitions, because the age is set once.</summary>
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

    /// <summary>Whether operations or nested bodies are still running.</summary>
    public bool HasCallsUnderWay => Volatile.Read(ref _callsUnderWay) != 0;

    /// <summary>Counts a call, which must have ended when its body ends.</summary>
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

    /// <summary>Carries out an operation in a partition, which takes part from then on.</summary>
    public ValueTask<TResult> ExecuteAsync<TResult>(
        TableDefinition table,
        int number,
        Operation<TResult> operation,
        Savepoint? savepoint,
        CancellationToken cancellationToken)
    {
        BeginCall(savepoint);
        CancellationTokenSource? linked = null;
        bool goesOn = false;
        try
        {
            ThrowIfOver(savepoint);
            cancellationToken = Link(cancellationToken, out linked);
            ValueTask<TResult> executing = BeginAsync(
                table, number, operation, savepoint, cancellationToken);
            if (executing.IsFaulted)
            {
                Exception error = executing.TakeError();
                return ValueTask.FromException<TResult>(
                    ReasonOf(error, table, operation) ?? error);
            }

            if (!executing.IsCompletedSuccessfully)
            {
                goesOn = true;
                return EndAsync(executing, table, operation, savepoint, linked);
            }

            ThrowIfTakenBack();
            return executing;
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<TResult>(
                ReasonOf(exception, table, operation) ?? exception);
        }
        finally
        {
            if (!goesOn)
            {
                linked?.Dispose();
                EndCall(savepoint);
            }
        }
    }

    /// <summary>The rest of an operation that is not carried out at once.</summary>
    private async ValueTask<TResult> EndAsync<TResult>(
        ValueTask<TResult> executing,
        TableDefinition table,
        Operation<TResult> operation,
        Savepoint? savepoint,
        CancellationTokenSource? linked)
    {
        try
        {
            TResult result = await executing.ConfigureAwait(false);
            ThrowIfTakenBack();
            return result;
        }
        catch (Exception exception)
        {
            if (ReasonOf(exception, table, operation) is { } reason) throw reason;
            throw;
        }
        finally
        {
            linked?.Dispose();
            EndCall(savepoint);
        }
    }

    /// <summary>
    /// Carries out an operation in each of several partitions. It begins all of them before it
    /// waits, so that partitions in other silos work side by side. It is one call instead of many,
    /// because a query asks all partitions.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="numbers">The partitions.</param>
    /// <param name="operations">The operation for each partition, or one operation for all.</param>
    /// <param name="savepoint">The savepoint of the operations; null outside any.</param>
    /// <param name="cancellationToken">Ends a wait for a lock.</param>
    public async ValueTask<TResult[]> ExecuteEachAsync<TResult>(
        TableDefinition table,
        IReadOnlyList<int> numbers,
        IReadOnlyList<Operation<TResult>> operations,
        Savepoint? savepoint,
        CancellationToken cancellationToken)
    {
        BeginCall(savepoint);
        CancellationTokenSource? linked = null;
        try
        {
            ThrowIfOver(savepoint);
            cancellationToken = Link(cancellationToken, out linked);
            TResult[] answers = await EachPartition.ExecuteAsync(
                (State: this, Table: table, Savepoint: savepoint, Token: cancellationToken),
                numbers,
                operations,
                static (on, number, operation) => on.State.BeginAsync(
                    on.Table, number, operation, on.Savepoint, on.Token)).ConfigureAwait(false);
            ThrowIfTakenBack();
            return answers;
        }
        catch (Exception exception)
        {
            if (ReasonOf(exception, table, operations[0]) is { } reason) throw reason;
            throw;
        }
        finally
        {
            linked?.Dispose();
            EndCall(savepoint);
        }
    }

    /// <summary>
    /// Begins an operation in a partition, after earlier operations that still locate the same
    /// partition.
    /// </summary>
    public ValueTask<TResult> BeginAsync<TResult>(
        TableDefinition table,
        int number,
        Operation<TResult> operation,
        Savepoint? savepoint,
        CancellationToken cancellationToken)
    {
        PartitionOpenings? openings = Volatile.Read(ref _openings);
        if (openings is null || !openings.Contains(table, number))
        {
            if (Find(table, number) is { } known)
                return known.ExecuteAsync(operation, savepoint, cancellationToken);

            ValueTask<Participant> enlisting =
                partitions.EnlistAsync(this, table, number, cancellationToken);
            if (enlisting.IsCompletedSuccessfully)
                return enlisting.Result.ExecuteAsync(operation, savepoint, cancellationToken);

            return UseOpenings().BeginAsync(
                enlisting, table, number, operation, savepoint, cancellationToken);
        }

        return openings.BeginAsync(
            enlisting: null, table, number, operation, savepoint, cancellationToken);
    }

    /// <summary>
    /// The lock on a record that the transaction did not get, and its partition; null where it has
    /// not lost one.
    /// </summary>
    public (Participant Where, LostLock Lock)? FindLost()
    {
        lock (_gate)
        {
            foreach (Participant participant in _participants)
            {
                if (participant.Lost is { } lost) return (participant, lost);
            }
        }

        return null;
    }

    public Participant? Find(TableDefinition table, int number)
    {
        lock (_gate)
            return _participants.Find(table, number);
    }

    /// <summary>
    /// Whether any partition of a table takes part, as far as this process knows.
    /// </summary>
    public bool Uses(TableDefinition table)
    {
        lock (_gate)
        {
            foreach (Participant participant in _participants)
            {
                if (participant.Table == table) return true;
            }

            return false;
        }
    }

    /// <summary>The partitions that take part, as far as this process knows.</summary>
    public string[] GetPartitionNames()
    {
        lock (_gate)
            return [.. _participants.Select(static each => $"{each.Table.Name}/{each.Number}")];
    }

    /// <summary>Whether any partition takes part, as far as this process knows.</summary>
    public bool HasParticipants
    {
        get
        {
            lock (_gate)
                return _participants.Count > 0;
        }
    }

    /// <summary>
    /// Whether a partition of a table on disk takes part, as far as this process knows.
    /// </summary>
    public bool HasDisk
    {
        get
        {
            lock (_gate)
            {
                foreach (Participant participant in _participants)
                {
                    if (participant.Table.Storage == TableStorage.Disk) return true;
                }
            }

            return false;
        }
    }

    /// <summary>
    /// Adds a participant, unless it was added before or the transaction has ended.
    /// </summary>
    public Participant Enlist(TableDefinition table, int number, Func<Participant> make)
        => Enlist(table, number, make, static (_, make) => make());

    /// <inheritdoc cref="Enlist(TableDefinition, int, Func{Participant})"/>
    public Participant Enlist<TSource>(
        TableDefinition table,
        int number,
        TSource source,
        Func<TransactionState, TSource, Participant> make)
    {
        lock (_gate)
        {
            if (_phase != TransactionPhase.Running) throw Ended();
            Participant? participant = _participants.Find(table, number);
            if (participant is null) _participants.Add(participant = make(this, source));
            return participant;
        }
    }

    /// <summary>Adds a partition of this silo.</summary>
    /// <exception cref="PartitionClosedException">It is closed.</exception>
    public Participant Enlist(Partition partition)
        => Enlist(
            partition.Table,
            partition.Number,
            partition,
            static (state, partition) => new LocalParticipant(partition.Join(state.Header)));

    /// <summary>
    /// The latest journal position whose effect it has seen in this silo. For a transaction whose
    /// body has ended.
    /// </summary>
    public long DependsOn()
    {
        long position = 0;
        lock (_gate)
        {
            foreach (Participant participant in _participants)
            {
                if (participant is LocalParticipant local)
                    position = Math.Max(position, local.Transaction.DependsOn);
            }
        }

        return position;
    }

    public TransactionCallbacks UseCallbacks()
    {
        lock (_gate)
            return _callbacks ??= new TransactionCallbacks();
    }

    private PartitionOpenings UseOpenings()
    {
        lock (_gate)
            return _openings ??= new PartitionOpenings(this, partitions);
    }

    /// <summary>Links a token with the token of the whole transaction.</summary>
    private CancellationToken Link(
        CancellationToken cancellationToken, out CancellationTokenSource? linked)
    {
        linked = cancellationToken.CanBeCanceled && Cancellation.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Cancellation)
            : null;
        return linked?.Token ?? (Cancellation.CanBeCanceled ? Cancellation : cancellationToken);
    }
}
