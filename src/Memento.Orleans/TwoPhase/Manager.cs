using Memento.Invariants;
using Orleans.Transactions;

namespace Memento.TwoPhase;

/// <summary>Where a transaction is that this store manages, with participants of others.</summary>
internal enum ManagerPhase
{
    /// <summary>It waits for the votes of the others.</summary>
    Voting = 0,

    /// <summary>All have voted for it, and our own commit decides.</summary>
    Committing = 1,

    /// <summary>The storage has not said whether it has kept the commit.</summary>
    InDoubt = 2,

    /// <summary>It is committed, and those that have written are told.</summary>
    Committed = 3,

    /// <summary>Nothing of it is kept.</summary>
    Aborted = 4,
}

/// <summary>What the manager of a transaction has to do next.</summary>
/// <typeparam name="T">What names a participant of others.</typeparam>
internal abstract record ManagerEffect<T>
{
    /// <summary>Commit our own part, and keep the decision with it.</summary>
    public sealed record Commit : ManagerEffect<T>;

    /// <summary>Drop our own part, whose commit has not begun.</summary>
    public sealed record Drop : ManagerEffect<T>;

    /// <summary>Tell one that has written that it is committed, until it has answered.</summary>
    public sealed record Confirm(T Writer) : ManagerEffect<T>;

    /// <summary>
    /// Tell one that has written that nothing is kept. Where this is lost, it asks.
    /// </summary>
    public sealed record Cancel(T Writer, TransactionalStatus Status) : ManagerEffect<T>;

    /// <summary>Everybody knows that it is committed: the storage may forget it.</summary>
    public sealed record Forget : ManagerEffect<T>;

    /// <summary>Give the caller its answer.</summary>
    public sealed record Complete(TransactionalStatus Status) : ManagerEffect<T>;
}

/// <summary>
/// Decides a transaction over partitions of ours and participants of others, by Orleans' two-phase
/// commit. The others vote first, and are prepared then. Our own commit comes last: it is the
/// decision, so that our partitions need not be prepared. A pure state machine without clock,
/// thread and messages.
/// </summary>
/// <remarks>
/// What must hold: our commit begins only when all others have voted for the transaction. It is
/// confirmed to nobody before our commit is durable, and cancelled to nobody after. While the
/// storage has not said which is true, nobody is told anything. Not thread-safe.
/// </remarks>
internal sealed class Manager<T>
    where T : notnull
{
    private readonly int _voters;
    private readonly HashSet<T> _voted;
    private readonly HashSet<T> _unconfirmed;
    private readonly T[] _writers;

    /// <summary>Makes the manager of a transaction; nothing is sent yet.</summary>
    /// <param name="voters">How many others have to vote: also those that have only read.</param>
    /// <param name="writers">Those of them that have written, and wait for the decision.</param>
    /// <param name="comparer">Compares names.</param>
    public Manager(int voters, IEnumerable<T> writers, IEqualityComparer<T>? comparer = null)
    {
        _voters = voters;
        _voted = new HashSet<T>(comparer);
        _unconfirmed = new HashSet<T>(comparer);
        _writers = [.. writers];
    }

    public ManagerPhase Phase { get; private set; }

    /// <summary>Whether nobody has to be told anything any more.</summary>
    public bool IsOver
        => Phase == ManagerPhase.Aborted
            || (Phase == ManagerPhase.Committed && _unconfirmed.Count == 0);

    /// <summary>The writers that have not answered to the decision.</summary>
    public IReadOnlyCollection<T> Unconfirmed => _unconfirmed;

    public void Begin(List<ManagerEffect<T>> effects) => CommitIfAllHaveVoted(effects);

    /// <summary>A participant has voted. A vote may come twice, and late.</summary>
    public void OnVote(T voter, TransactionalStatus vote, List<ManagerEffect<T>> effects)
    {
        if (Phase == ManagerPhase.Aborted)
        {
            // It may have been prepared after the cancellation had passed it. One that has only
            // read has nothing to cancel: Orleans would call aborted what waits behind it, and may
            // just be committing that.
            if (_writers.Contains(voter, _voted.Comparer)) OnPing(voter, effects);
            return;
        }

        if (Phase != ManagerPhase.Voting) return;
        if (vote != TransactionalStatus.Ok)
        {
            Abort(vote, effects);
            return;
        }

        if (_voted.Add(voter)) CommitIfAllHaveVoted(effects);
    }

    /// <summary>The votes have not come in time.</summary>
    public void OnSilence(List<ManagerEffect<T>> effects)
    {
        if (Phase == ManagerPhase.Voting) Abort(TransactionalStatus.PrepareTimeout, effects);
    }

    /// <summary>Our own commit has ended, or what was in doubt is known.</summary>
    public void OnDecided(bool isCommitted, List<ManagerEffect<T>> effects)
    {
        if (Phase is ManagerPhase.Committed or ManagerPhase.Aborted)
        {
            Invariant.Holds(
                isCommitted == (Phase == ManagerPhase.Committed), "a transaction is decided once");
            return;
        }

        Invariant.Holds(
            Phase is ManagerPhase.Committing or ManagerPhase.InDoubt,
            "our own commit comes after the votes");
        if (!isCommitted)
        {
            Cancel(TransactionalStatus.CommitFailure, effects);
            return;
        }

        Phase = ManagerPhase.Committed;
        _unconfirmed.UnionWith(_writers);
        effects.Add(new ManagerEffect<T>.Complete(TransactionalStatus.Ok));
        foreach (T writer in _writers)
            effects.Add(new ManagerEffect<T>.Confirm(writer));
    }

    /// <summary>
    /// The storage has not said whether it has kept our commit. All stay as they are.
    /// </summary>
    public void OnInDoubt(List<ManagerEffect<T>> effects)
    {
        if (Phase != ManagerPhase.Committing) return;

        Phase = ManagerPhase.InDoubt;
        effects.Add(new ManagerEffect<T>.Complete(TransactionalStatus.TMResponseTimeout));
    }

    /// <summary>A writer has applied the transaction, durably.</summary>
    public void OnConfirmed(T writer, List<ManagerEffect<T>> effects)
    {
        Invariant.Holds(
            Phase == ManagerPhase.Committed, "what is confirmed was decided before");
        if (_unconfirmed.Remove(writer) && _unconfirmed.Count == 0)
            effects.Add(new ManagerEffect<T>.Forget());
    }

    /// <summary>
    /// A participant asks. Before the decision it gets no answer; one that is committed is being
    /// told until it answers.
    /// </summary>
    public void OnPing(T participant, List<ManagerEffect<T>> effects)
    {
        if (Phase == ManagerPhase.Aborted)
        {
            effects.Add(new ManagerEffect<T>.Cancel(
                participant, TransactionalStatus.PresumedAbort));
        }
    }

    private void CommitIfAllHaveVoted(List<ManagerEffect<T>> effects)
    {
        // The last vote may come before it has begun.
        if (Phase != ManagerPhase.Voting || _voted.Count < _voters) return;

        Phase = ManagerPhase.Committing;
        effects.Add(new ManagerEffect<T>.Commit());
    }

    private void Abort(TransactionalStatus status, List<ManagerEffect<T>> effects)
    {
        effects.Add(new ManagerEffect<T>.Drop());
        Cancel(status, effects);
    }

    private void Cancel(TransactionalStatus status, List<ManagerEffect<T>> effects)
    {
        Phase = ManagerPhase.Aborted;
        foreach (T writer in _writers)
            effects.Add(new ManagerEffect<T>.Cancel(writer, status));
        effects.Add(new ManagerEffect<T>.Complete(status));
    }
}
