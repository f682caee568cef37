using Memento.Messages;
using Memento.Partitions;

namespace Memento.Participants;

/// <content>Savepoints and nested bodies, and undoing what was done under one.</content>
internal sealed partial class TransactionState
{
    private Savepoints? _savepoints;

    private GrainWrites? _grainWrites;

    private List<Savepoint?>? _abandoned;

    /// <summary>Its nested bodies in this process, once it has had any.</summary>
    public NestedScopes? Nested { get; private set; }

    /// <summary>Its savepoints, once it has had any.</summary>
    public Savepoints? Savepoints => Volatile.Read(ref _savepoints);

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

    /// <summary>Its savepoints, from now on if it had none.</summary>
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

    /// <summary>Its nested bodies, from now on if it had none.</summary>
    public NestedScopes UseNested()
    {
        Savepoints savepoints = UseSavepoints();
        lock (_gate)
            return Nested ??= new NestedScopes(Id, savepoints);
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

    /// <summary>The message that takes a partition elsewhere back.</summary>
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
