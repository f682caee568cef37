using Memento.Invariants;
using Orleans.Transactions;

namespace Memento.TwoPhase;

/// <summary>
/// Where a transaction is in a partition of ours whose manager is a participant of others.
/// </summary>
internal enum VoterPhase
{
    /// <summary>It was not asked to prepare.</summary>
    Open = 0,

    /// <summary>What it has read, and its prepared row, are not known to be durable yet.</summary>
    Securing = 1,

    /// <summary>It can commit whatever happens, and waits for the decision.</summary>
    Prepared = 2,

    /// <summary>It is decided, and what it has written is not known to be durable yet.</summary>
    Confirming = 3,

    /// <summary>
    /// Nothing of it will be kept, and the storage may still have its prepared row. It keeps its
    /// locks until that is gone, so that two prepared rows never have the same record.
    /// </summary>
    Dropping = 4,

    /// <summary>It has no locks and no writes here any more.</summary>
    Ended = 5,
}

/// <summary>What a partition has to do next.</summary>
internal enum VoterEffect
{
    /// <summary>
    /// Wait until what it has read is durable, and write the prepared row if it has written.
    /// Answered by <see cref="Voter.OnPersisted"/>.
    /// </summary>
    Persist = 0,

    /// <summary>Send the vote, which is <see cref="Voter.Vote"/>. At most once.</summary>
    Vote = 1,

    /// <summary>
    /// Write what it has written, and delete the prepared row. Answered by
    /// <see cref="Voter.OnPersisted"/>.
    /// </summary>
    Commit = 2,

    /// <summary>Apply its writes, and release its locks: they are durable.</summary>
    Apply = 3,

    /// <summary>Release its locks: it has only read.</summary>
    Release = 4,

    /// <summary>
    /// Delete the prepared row, if there may be one. Answered by <see cref="Voter.OnPersisted"/>.
    /// </summary>
    Forget = 5,

    /// <summary>Drop its writes, and release its locks.</summary>
    Drop = 6,

    /// <summary>Ask the manager how it has ended.</summary>
    Ping = 7,

    /// <summary>Answer the manager, which has confirmed it: it is done.</summary>
    Confirmed = 8,

    /// <summary>Answer the manager that it must confirm it again.</summary>
    NotConfirmed = 9,
}

/// <summary>
/// A transaction in one partition of ours, in Orleans' two-phase commit, where a participant of
/// others is the manager. A pure state machine without clock, thread and messages.
/// </summary>
/// <remarks>
/// What must hold: it votes at most once, and for the transaction only when all that it has read,
/// and its own prepared row, are durable. From then on it ends by the manager's word alone. Its
/// writes are durable before they are seen and before the manager hears that they are. Messages may
/// be lost, and come twice, late and in any order. Not thread-safe.
/// </remarks>
internal sealed class Voter
{
    private bool _writes;
    private bool _hasVoted;
    private bool _isConfirmed;
    private bool _isBusy;
    private bool _isAwaitingRow;

    public VoterPhase Phase { get; private set; }

    /// <summary>What it votes.</summary>
    public TransactionalStatus Vote { get; private set; }

    /// <summary>
    /// The manager asks for the vote. One that has ended before, because the cancellation has come
    /// first, votes against the transaction.
    /// </summary>
    /// <param name="validity">Ok, or why it cannot commit.</param>
    /// <param name="writes">Whether it changes anything.</param>
    /// <param name="effects">Gets what is to do.</param>
    public void OnPrepare(TransactionalStatus validity, bool writes, List<VoterEffect> effects)
    {
        if (Phase == VoterPhase.Ended) CastOnce(TransactionalStatus.LockValidationFailed, effects);
        if (Phase != VoterPhase.Open) return;

        _writes = writes;
        if (validity != TransactionalStatus.Ok)
        {
            CastOnce(validity, effects);
            End(VoterEffect.Drop, effects);
            return;
        }

        Phase = VoterPhase.Securing;
        Begin(VoterEffect.Persist, effects);
    }

    /// <summary>
    /// What was begun last is durable, or has failed: then it may be durable all the same.
    /// </summary>
    /// <param name="failure">Ok, or why it has failed.</param>
    /// <param name="effects">Gets what is to do.</param>
    public void OnPersisted(TransactionalStatus failure, List<VoterEffect> effects)
    {
        Invariant.Holds(_isBusy, "what is durable was begun before");
        _isBusy = false;
        bool isDurable = failure == TransactionalStatus.Ok;
        switch (Phase)
        {
            case VoterPhase.Securing when _isConfirmed:
                // It was decided already. What it writes makes its prepared row needless.
                BeginCommit(effects);
                break;
            case VoterPhase.Securing when isDurable:
                Phase = VoterPhase.Prepared;
                if (!_writes) End(VoterEffect.Release, effects);
                CastOnce(TransactionalStatus.Ok, effects);
                break;
            case VoterPhase.Securing:
                CastOnce(failure, effects);
                BeginDrop(effects);
                break;
            case VoterPhase.Confirming when isDurable:
                End(VoterEffect.Apply, effects);
                effects.Add(VoterEffect.Confirmed);
                break;
            case VoterPhase.Confirming:
                Phase = VoterPhase.Prepared;
                effects.Add(VoterEffect.NotConfirmed);
                break;
            case VoterPhase.Dropping when _isAwaitingRow:
                // The row that it was just being prepared with.
                BeginDrop(effects);
                break;
            case VoterPhase.Dropping when isDurable:
                End(VoterEffect.Drop, effects);
                break;
        }
    }

    /// <summary>
    /// The manager has committed it. One that has ended was confirmed before.
    /// </summary>
    public void OnConfirm(List<VoterEffect> effects)
    {
        switch (Phase)
        {
            case VoterPhase.Prepared:
                BeginCommit(effects);
                break;
            case VoterPhase.Securing:
                _isConfirmed = true;
                break;
            case VoterPhase.Open or VoterPhase.Dropping or VoterPhase.Ended:
                effects.Add(VoterEffect.Confirmed);
                break;
        }
    }

    /// <summary>The manager has aborted it. After a confirmation this can only be late.</summary>
    public void OnCancel(List<VoterEffect> effects)
    {
        switch (Phase)
        {
            case VoterPhase.Open:
                End(VoterEffect.Drop, effects);
                break;
            case VoterPhase.Securing when !_isConfirmed:
                Phase = VoterPhase.Dropping;
                _isAwaitingRow = true;
                break;
            case VoterPhase.Prepared:
                BeginDrop(effects);
                break;
        }
    }

    /// <summary>
    /// The caller has given it up. It does so before the manager is asked, so that this does not
    /// count for one that was asked to prepare and has written.
    /// </summary>
    public void OnAbort(List<VoterEffect> effects)
    {
        if (Phase == VoterPhase.Open || (Phase == VoterPhase.Securing && !_writes))
            OnCancel(effects);
    }

    /// <summary>It was read from the storage, where it was prepared.</summary>
    public void OnRestored()
    {
        Invariant.Holds(Phase == VoterPhase.Open, "a transaction is restored once");
        Phase = VoterPhase.Prepared;
        _writes = true;
        _hasVoted = true;
    }

    /// <summary>
    /// Nothing was heard for a while, which is longer than the message that begins the commit may
    /// be under way to the manager: asked before, that calls it aborted, and commits it then.
    /// </summary>
    public void OnSilence(List<VoterEffect> effects)
    {
        if (Phase == VoterPhase.Prepared)
            effects.Add(VoterEffect.Ping);
        else if (Phase == VoterPhase.Dropping && !_isBusy)
            BeginDrop(effects);
    }

    private void CastOnce(TransactionalStatus vote, List<VoterEffect> effects)
    {
        if (_hasVoted) return;

        _hasVoted = true;
        Vote = vote;
        effects.Add(VoterEffect.Vote);
    }

    private void BeginCommit(List<VoterEffect> effects)
    {
        Phase = VoterPhase.Confirming;
        Begin(VoterEffect.Commit, effects);
    }

    private void BeginDrop(List<VoterEffect> effects)
    {
        Phase = VoterPhase.Dropping;
        _isAwaitingRow = false;
        Begin(VoterEffect.Forget, effects);
    }

    private void Begin(VoterEffect effect, List<VoterEffect> effects)
    {
        _isBusy = true;
        effects.Add(effect);
    }

    private void End(VoterEffect effect, List<VoterEffect> effects)
    {
        Phase = VoterPhase.Ended;
        effects.Add(effect);
    }
}
