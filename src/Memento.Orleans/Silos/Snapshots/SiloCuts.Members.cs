using Memento.Messages;
using Memento.Partitions;
using Memento.Snapshots;

namespace Memento.Silos.Snapshots;

/// <content>Cuts over several silos, one of which tells the others.</content>
internal sealed partial class SiloCuts
{
    private readonly Lock _gate = new();
    private readonly CutTurns _turns = new(time);
    private Guid _closedFor;
    private long _closing;
    private long? _preparedAt;
    private Task _prepared = Task.CompletedTask;

    /// <summary>
    /// Prepares for cuts: from now on, commits over several silos release nowhere before they are
    /// decided. Ends when those are decided that began before and that this silo coordinates, and,
    /// if this silo gives the turns, when it is the cut's turn.
    /// </summary>
    /// <remarks>
    /// A silo in which a transaction has only read could release its locks before another silo has
    /// sealed it. A later transaction could then be in a cut, and the first one not.
    /// </remarks>
    public Task PrepareAsync(Guid cut, bool givesTurn)
        => givesTurn ? Task.WhenAll(_turns.WaitAsync(cut), PrepareAsync()) : PrepareAsync();

    private Task PrepareAsync()
    {
        lock (_gate)
        {
            bool wasPrepared = IsPrepared;
            _preparedAt = time.GetTimestamp();
            if (wasPrepared) return _prepared;

            latch.HoldsReaders = true;
            return _prepared = spanning.WhenDecidedAsync();
        }
    }

    /// <summary>Applies no commit any more, until the cut is taken, or for a short time.</summary>
    public async Task<CloseAnswer> CloseAsync(Guid cut)
    {
        if (!leases.Stands) return CloseAnswer.Refused("Its lease has run out.");

        await latch.CloseAsync(CancellationToken.None).ConfigureAwait(false);
        long closing;
        lock (_gate)
        {
            // It may be prepared again, and what began in between be not decided yet.
            if (!IsPrepared || !_prepared.IsCompleted)
            {
                latch.Open();
                return CloseAnswer.Refused("It was not prepared any more.");
            }

            _closedFor = cut;
            closing = ++_closing;
        }

        _ = OpenLaterAsync(closing);
        (Guid[] pending, SiloAddress?[] coordinators) = members.FindPending();
        return new CloseAnswer
        {
            Clock = clock.Now,
            Pending = pending,
            Coordinators = coordinators,
            Committed = [.. spanning.FindCommitted(), .. members.FindDecidedAlone()],
            Undecided = [.. spanning.FindUndecidedMembers()],
            Serving = [silos.Here, .. silos.OthersNow],
            Closing = closing,
        };
    }

    /// <summary>Takes a cut for which this silo is closed, and opens it.</summary>
    public async Task<CutAnswer> CutAsync(CutOrder order)
    {
        SnapshotPart part;
        long position;
        int generation;
        lock (_gate)
        {
            if (_closedFor != order.Cut || _closing != order.Closing)
            {
                _turns.End(order.Cut);
                return new CutAnswer(IsTaken: false);
            }

            try
            {
                if (!TryApply(order.Committed)) return new CutAnswer(IsTaken: false);
                clock.Close(order.Stamp);
                (part, position, generation) =
                    Take(order.Snapshot, order.Stamp, order.MaxAge, order.Reader);
            }
            finally
            {
                Reopen();
                _turns.End(order.Cut);
            }
        }

        MementoException? error = !leases.Stands
            ? Stalled()
            : await ConfirmAsync(part, position, generation).ConfigureAwait(false);
        if (error is null) return new CutAnswer(IsTaken: true);

        End(part.Id, SnapshotEnds.Body);
        return new CutAnswer(IsTaken: false, error as StorageException);
    }

    /// <summary>
    /// Gives a cut up, for which this silo may be closed, or whose turn it may be.
    /// </summary>
    public void Open(Guid cut)
    {
        lock (_gate)
        {
            if (_closedFor == cut) Reopen();
        }

        _turns.End(cut);
    }

    /// <summary>Answers another silo that reads its snapshot.</summary>
    public async Task<SnapshotAnswer> ReadAsync(SnapshotRead request)
    {
        try
        {
            SnapshotPart part = Require(request.Snapshot);
            tables.Get(request.Table).Registration.Require(request.Table, request.Registration);
            if (Find(part, request.Table, request.Number) is not { } partition)
                return new SnapshotAnswer();

            var answer = new SnapshotAnswer
            {
                WasThere = partition.WasHere(part.Cut),
                Ownership = partition.Ownership,
                OwnersBefore = partition.OwnersBefore,
            };
            return request.Operation is { } operation
                ? answer with
                {
                    Answer = await operation.AnswerAsync(new Target(this, part, partition))
                        .ConfigureAwait(false),
                }
                : answer;
        }
        catch (Exception error)
        {
            return new SnapshotAnswer { Error = error };
        }
    }

    private bool IsPrepared
        => _preparedAt is { } at && time.GetElapsedTime(at) < SnapshotLimits.Prepared;

    /// <summary>
    /// Applies what is committed and sealed here. False: something is not, because the members
    /// decide it without its coordinator by now, which they believe to be dead.
    /// </summary>
    private bool TryApply(IEnumerable<Guid> committed)
    {
        bool isApplied = true;
        foreach (Guid each in committed)
        {
            isApplied &= members.Settle(new SettleRequest(each, IsCommitted: true))
                != MemberAnswer.Promised;
        }

        return isApplied;
    }

    private void Reopen()
    {
        _closedFor = Guid.Empty;
        latch.Open();
    }

    /// <summary>
    /// Who has closed this silo may be dead. Its cut is refused then, and no harm is done.
    /// </summary>
    private async Task OpenLaterAsync(long closing)
    {
        await Task.Delay(SnapshotLimits.LongestClosed).ConfigureAwait(false);
        lock (_gate)
        {
            if (_closing == closing && _closedFor != Guid.Empty) Reopen();
        }
    }

    /// <summary>Ends the preparation when no cut was taken for a while.</summary>
    private void EndPreparation()
    {
        lock (_gate)
        {
            if (_preparedAt is null || IsPrepared) return;
            _preparedAt = null;
            latch.HoldsReaders = false;
        }
    }

    private sealed class Target(SiloCuts cuts, SnapshotPart part, Partition partition)
        : IOperationTarget
    {
        public Tables.TableDefinition Table => partition.Table;

        public ValueTask<TResult> ExecuteAsync<TResult>(Operation<TResult> operation)
            => new(cuts.Read(part, partition, operation));
    }
}
