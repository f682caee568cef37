using Memento.Invariants;
using Memento.Messages;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Participants;

/// <content>How it ends, and why it must fail.</content>
internal sealed partial class TransactionState
{
    private MementoException? _doom;

    private volatile TransactionPhase _phase;
    private volatile bool _isCommittedElsewhere;

    /// <summary>Its phase in this process.</summary>
    public TransactionPhase Phase => _phase;

    /// <summary>
    /// Whether this silo has sent its commit to another one, and waits for the answer. Nobody here
    /// may wait for its end to give that answer: the partition that the message was sent to may
    /// have moved here meanwhile.
    /// </summary>
    public bool IsCommittedElsewhere
    {
        get => _isCommittedElsewhere;
        set => _isCommittedElsewhere = value;
    }

    /// <summary>The result of its commit; null before the commit has ended.</summary>
    public CommitResult? Result { get; set; }

    /// <summary>
    /// The partitions that took part. Only for a transaction that runs no more, so that no
    /// partition is added any more.
    /// </summary>
    public IReadOnlyList<Participant> Participants
    {
        get
        {
            Invariant.Holds(
                _phase != TransactionPhase.Running, "who ends a transaction has stopped it before");
            return _participants;
        }
    }

    /// <summary>
    /// Why it must fail, whatever its body does: it lost a conflict, or ran out of time.
    /// </summary>
    public MementoException? Doom => Volatile.Read(ref _doom);

    /// <summary>Makes it fail, whatever its body does. The first reason stays.</summary>
    public MementoException DoomWith(MementoException reason)
        => Interlocked.CompareExchange(ref _doom, reason, null) ?? reason;

    /// <summary>
    /// Begins the commit: no operation begins after this. False if it was ended before.
    /// </summary>
    public bool TryBeginCommit()
    {
        lock (_gate)
            return _phase == TransactionPhase.Running && MoveTo(TransactionPhase.Sealed);
    }

    /// <summary>
    /// Ends the operations: none begins after this. False if its commit has begun.
    /// </summary>
    /// <param name="reason">Why it must fail; not used if its commit has begun.</param>
    public bool TryStop(MementoException? reason = null)
    {
        lock (_gate)
        {
            if (_phase == TransactionPhase.Sealed) return false;
            if (reason is not null) DoomWith(reason);
            return _phase != TransactionPhase.Running || MoveTo(TransactionPhase.Stopped);
        }
    }

    /// <summary>
    /// Begins the abort: no operation begins after this. False if the abort or the commit has begun
    /// before.
    /// </summary>
    public bool TryBeginAbort()
    {
        lock (_gate)
        {
            return _phase is TransactionPhase.Running or TransactionPhase.Stopped
                && MoveTo(TransactionPhase.Ended);
        }
    }

    /// <summary>Ends it without its writes. A second call does nothing.</summary>
    public void Abort()
    {
        if (!TryBeginAbort()) return;

        foreach (Participant participant in Participants)
        {
            if (!participant.IsLeftToCaller) participant.Abort();
        }
    }

    /// <summary>
    /// Leaves the end in some partitions to the caller, which asks there whether the reads are
    /// durable: an abort from here could come before it.
    /// </summary>
    public void LeaveToCaller(IEnumerable<(string Table, int Number)> partitions)
    {
        var left = partitions.ToHashSet();
        lock (_gate)
        {
            foreach (Participant participant in _participants)
            {
                if (left.Contains((participant.Table.Name, participant.Number)))
                    participant.IsLeftToCaller = true;
            }
        }
    }

    /// <exception cref="NoTransactionException">
    /// The transaction or the savepoint has ended.
    /// </exception>
    public void ThrowIfOver(Savepoint? savepoint)
    {
        if (savepoint is { IsGivenUp: true }) throw NestedErrors.GivenUp(Id);
        ThrowIfOver();
    }

    /// <exception cref="NoTransactionException">It has ended.</exception>
    public void ThrowIfOver()
    {
        if (_phase != TransactionPhase.Running)
            throw Doom is TransactionTimeoutException late ? late : Ended();
        if (Doom is { } doom) throw doom;
        if (time.GetTimestamp() >= Deadline) throw DoomWith(TimedOut());
    }

    public TransactionTimeoutException TimedOut()
        => new($"Transaction {Id} ran past its time limit, and nothing of it was kept. Keep "
            + "transactions short, or give this one a longer Timeout.");

    /// <summary>
    /// Fails if commits that the transaction may have seen were taken back: the reads before and
    /// after that do not belong to one state, so the body must not see both.
    /// </summary>
    private void ThrowIfTakenBack()
    {
        // An odd generation: it began during a take-back, which had reached only a part of the
        // partitions.
        if (partitions.Generation == Generation && Generation % 2 == 0) return;
        if (partitions.Stands(Generation, DependsOn())) return;

        throw new TransactionConflictException(
            "The durable storage failed while the transaction ran, and it may have read what was "
            + "taken back.");
    }

    /// <summary>
    /// The error of the transaction after a failed operation. If the operation lost a conflict or
    /// the time is up, the transaction must fail. Null: only the operation has failed.
    /// </summary>
    private MementoException? ReasonOf(
        Exception exception, TableDefinition table, Operation operation)
    {
        switch (exception)
        {
            case PartitionClosedException { Reason: var closed }:
                return closed is TransactionConflictException ? DoomWith(closed) : closed;
            case NoTransactionException when Doom is TransactionTimeoutException:
                // It was ended by its time limit during the wait.
                return Doom;
            case TransactionConflictException
            {
                InnerException: IndexesChangedException changed
            } stale:
                // A client has to know the indexes. A silo hears of them from the catalog.
                if (!partitions.ShareMemory && Learn(table, changed) is { } error)
                    return DoomWith(error);

                // Nothing was carried out, and a writer sends it again.
                return operation is IIndexedWrite ? stale : DoomWith(stale);
            case TransactionConflictException or TransactionTimeoutException:
                return DoomWith((MementoException)exception);
            default:
                return null;
        }
    }

    /// <summary>
    /// Takes over the indexes of the table. Returns why this process cannot use them; null if it
    /// can.
    /// </summary>
    private static MementoException? Learn(TableDefinition table, IndexesChangedException changed)
    {
        try
        {
            table.LearnIndexes(changed.Version, changed.Indexes);
            return null;
        }
        catch (MementoException error)
        {
            return error;
        }
    }

    private bool MoveTo(TransactionPhase phase)
    {
        Invariant.Holds(
            _phase.MayMove(phase), "a transaction goes from phase to phase as the table says");
        _phase = phase;
        return true;
    }

    private NoTransactionException Ended()
        => new NoTransactionException(
            $"Transaction {Id} has ended. Use a transaction only inside its body, and await every "
            + "call.");
}
