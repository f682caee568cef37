using Memento.Messages;
using Memento.Partitions;
using Orleans.Transactions;

namespace Memento.Participants;

/// <content>Savepoints and nested bodies, and undoing what was done under one.</content>
internal sealed partial class TransactionState
{
    private Savepoints? _savepoints;

    private GrainWrites? _grainWrites;

    private List<Savepoint?>? _abandoned;

    private int? _foreignAtGiveUp;

    private bool _hasForeignLeft;

    /// <summary>Its nested bodies in this process, if it has had any.</summary>
    public NestedScopes? Nested { get; private set; }

    /// <summary>Its savepoints, if it has had any.</summary>
    public Savepoints? Savepoints => Volatile.Read(ref _savepoints);

    /// <summary>
    /// Whether a call was given up after its message had left, so that its result is not known. A
    /// call that was undone with its savepoint does not count: the commit finds out whether it was
    /// carried out.
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

    /// <summary>Called when a call is given up after its message has left.</summary>
    public void AbandonCall(Savepoint? savepoint)
    {
        lock (_gate)
            (_abandoned ??= []).Add(savepoint);
    }

    /// <summary>
    /// Whether a nested body was given up whose calls have written states of Orleans. They have no
    /// savepoints, and so would keep what they wrote.
    /// </summary>
    public bool HasForeignLeft
    {
        get
        {
            lock (_gate)
            {
                return _hasForeignLeft || (_foreignAtGiveUp is { } before
                    && Orleans!.CountForeignWrites(out _) > before);
            }
        }
    }

    /// <summary>
    /// The grain call of this silo that runs here, as Orleans has it; null if the body runs here.
    /// </summary>
    public TransactionInfo? Call
        => Orleans is { } record && TransactionContext.GetTransactionInfo() is { } info
            && info.TransactionId == Id && !record.Has(info) ? info : null;

    /// <summary>How often states of Orleans were written, as far as is known here.</summary>
    public int CountForeignWrites()
        => Call is { } call
            ? OrleansParticipant.CountForeignWrites(call)
            : Orleans?.CountForeignWrites(out _) ?? 0;

    /// <summary>Called when a nested body is given up.</summary>
    /// <param name="before">How often states of Orleans had been written when it began.</param>
    public void GiveUpForeign(int before)
    {
        if (Orleans is not { } record) return;

        // A call of the body that still runs may have written: the end of the body finds out.
        bool isInGrain = Call is not null;
        bool isComplete = true;
        int now = isInGrain ? CountForeignWrites() : record.CountForeignWrites(out isComplete);
        lock (_gate)
        {
            if (now > before)
                _hasForeignLeft = true;
            else if (!isComplete)
                _foreignAtGiveUp = Math.Min(_foreignAtGiveUp ?? before, before);
        }
    }

    /// <summary>Its savepoints. Makes them if there are none.</summary>
    public Savepoints UseSavepoints()
    {
        if (Savepoints is { } known) return known;

        lock (_gate)
        {
            if (_savepoints is not null) return _savepoints;

            Savepoints made = IsJoined
                ? Partitions.Savepoints.OfJoined()
                : new Savepoints(origin: 0);
            if (_header is not null) _header.Savepoints = made;
            Volatile.Write(ref _savepoints, made);
            return made;
        }
    }

    /// <summary>Its nested bodies. Makes them if there are none.</summary>
    public NestedScopes UseNested()
    {
        Savepoints savepoints = UseSavepoints();
        lock (_gate)
            return Nested ??= new NestedScopes(Id, savepoints);
    }

    /// <summary>
    /// Undoes the writes under a savepoint, in all processes, and refuses later operations under
    /// it. It cannot be cancelled. If it fails, the transaction must fail.
    /// </summary>
    /// <param name="savepoint">The savepoint.</param>
    /// <param name="alsoInGrains">
    /// Whether grains in other processes may have written under it.
    /// </param>
    public async ValueTask RollbackAsync(Savepoint savepoint, bool alsoInGrains)
    {
        UseSavepoints().GiveUp(savepoint.Id);
        if (Doom is not null) return;

        Participant[] participants;
        lock (_gate)
            participants = _phase != TransactionPhase.Running ? [] : [.. _participants];
        try
        {
            List<Task>? waiting = null;
            foreach (Participant participant in participants)
            {
                ValueTask undoing = participant.RollbackAsync(savepoint);
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
    /// Undoes writes of grains that may have come after the first undoing. For a body that has
    /// ended.
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

    /// <summary>The message that undoes a savepoint in a partition of another process.</summary>
    public RollbackRequest RollbackOf(long savepoint)
        => new(Id, Age, Remaining, savepoint);

    private GrainWrites? UseGrainWrites()
    {
        if (Orleans is not { } record) return null;

        lock (_gate)
            return _grainWrites ??= new GrainWrites(record);
    }

    private TransactionConflictException NotUndone(Exception exception)
        => new(
            $"What a part of transaction {Id} wrote could not be undone everywhere: "
            + $"{exception.Message} The transaction is run again while attempts and time are left.",
            exception);
}
