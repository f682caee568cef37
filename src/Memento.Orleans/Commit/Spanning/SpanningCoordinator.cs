using Memento.Invariants;
using Memento.Messages;

namespace Memento.Commit.Spanning;

/// <summary>Where the commit of a transaction over several silos is.</summary>
internal enum CoordinatorPhase
{
    /// <summary>It waits until every member has sealed.</summary>
    Sealing = 0,

    /// <summary>Every member has sealed, and the storage has to keep the transaction.</summary>
    Deciding = 1,

    /// <summary>The storage has not said whether it has kept the transaction.</summary>
    InDoubt = 2,

    /// <summary>It is committed, and the members are told.</summary>
    Committed = 3,

    /// <summary>Nothing of it is kept, and the members are told.</summary>
    Aborted = 4,
}

/// <summary>What the coordinator of a commit has to do next.</summary>
internal abstract record CoordinatorEffect
{
    /// <summary>Ask a member to seal its partitions.</summary>
    public sealed record Seal(SiloAddress Member) : CoordinatorEffect;

    /// <summary>Write the rows of all members in one batch, with the outcome.</summary>
    public sealed record Append : CoordinatorEffect;

    /// <summary>Tell a member the decision, until it has answered or is dead.</summary>
    public sealed record Settle(SiloAddress Member, bool IsCommitted) : CoordinatorEffect;

    /// <summary>Give the caller its answer.</summary>
    public sealed record Complete(CommitResult Result) : CoordinatorEffect;
}

/// <summary>
/// Decides the commit of one transaction over several silos. A pure state machine: what has
/// happened goes in, and what is to be done comes out. It has no clock, no thread and no messages.
/// </summary>
/// <remarks>
/// What must hold: it decides once. Committed is told to no member before every member has sealed,
/// and before the storage has the rows if there are any. The caller's commit is complete only when
/// every member has applied it, or is dead. Not thread-safe.
/// </remarks>
internal sealed class SpanningCoordinator
{
    private readonly HashSet<SiloAddress> _unsealed;
    private readonly HashSet<SiloAddress> _waiting = [];
    private readonly HashSet<SiloAddress> _untold = [];
    private readonly SiloAddress[] _members;
    private readonly SpanningDecider _decider;
    private readonly bool _isStoredAnyway;
    private bool _hasChanges;
    private bool _isComplete;

    /// <summary>Makes the coordinator of a commit; nothing is sent yet.</summary>
    /// <param name="members">The silos with partitions of the transaction.</param>
    /// <param name="decider">Who decides if the coordinator dies.</param>
    /// <param name="isStoredAnyway">
    /// Whether the storage keeps the commit also where no member has changes: participants of
    /// others have some.
    /// </param>
    public SpanningCoordinator(
        IReadOnlyList<SiloAddress> members, SpanningDecider decider, bool isStoredAnyway = false)
    {
        _members = [.. members];
        _unsealed = [.. members];
        _decider = decider;
        _isStoredAnyway = isStoredAnyway;
    }

    public CoordinatorPhase Phase { get; private set; }

    /// <summary>Whether every member that has to know the decision knows it, or is dead.</summary>
    public bool IsOver
        => Phase is CoordinatorPhase.Committed or CoordinatorPhase.Aborted && _untold.Count == 0;

    /// <summary>
    /// Whether the transaction changes anything. For one that is committed.
    /// </summary>
    public bool HasChanges => _hasChanges;

    /// <summary>What a member that asks is told.</summary>
    public MemberAnswer Answer => Phase switch
    {
        CoordinatorPhase.Committed => MemberAnswer.Committed,
        CoordinatorPhase.Aborted => MemberAnswer.Aborted,
        _ => MemberAnswer.Pending,
    };

    public void Begin(List<CoordinatorEffect> effects)
    {
        foreach (SiloAddress member in _members)
            effects.Add(new CoordinatorEffect.Seal(member));
    }

    /// <summary>A member has sealed, and all that it depends on is durable there.</summary>
    /// <param name="member">The member.</param>
    /// <param name="hasChanges">Whether it has changes, so that it waits for the decision.</param>
    /// <param name="effects">What is to be done.</param>
    /// <param name="isHeld">Whether it has none and waits all the same.</param>
    public void OnSealed(
        SiloAddress member,
        bool hasChanges,
        List<CoordinatorEffect> effects,
        bool isHeld = false)
    {
        if (Phase == CoordinatorPhase.Aborted)
        {
            // It sealed while another member refused.
            if (hasChanges || isHeld) Tell(member, isCommitted: false, effects);
            return;
        }

        Invariant.Holds(Phase == CoordinatorPhase.Sealing, "a member seals before the decision");
        Invariant.Holds(_unsealed.Remove(member), "a member seals once");
        if (hasChanges || isHeld) _waiting.Add(member);
        _hasChanges |= hasChanges;
        if (_unsealed.Count > 0) return;

        if ((_hasChanges || _isStoredAnyway) && _decider == SpanningDecider.Storage)
        {
            Phase = CoordinatorPhase.Deciding;
            effects.Add(new CoordinatorEffect.Append());
        }
        else
        {
            Decide(isCommitted: true, effects);
        }
    }

    /// <summary>A member did not seal, or did not answer.</summary>
    /// <param name="member">The member.</param>
    /// <param name="why">The result for the caller.</param>
    /// <param name="maySeal">Whether its answer was lost, so that it may have sealed.</param>
    /// <param name="effects">What is to be done.</param>
    public void OnRefused(
        SiloAddress member, CommitResult why, bool maySeal, List<CoordinatorEffect> effects)
    {
        if (Phase == CoordinatorPhase.Aborted) return;

        Invariant.Holds(Phase == CoordinatorPhase.Sealing, "a member refuses before the decision");
        Invariant.Holds(!why.IsCommitted, "a refusal is not a commit");
        _unsealed.Remove(member);
        if (maySeal) _waiting.Add(member);
        Complete(why, effects);
        Decide(isCommitted: false, effects);
    }

    /// <summary>The storage has kept the batch, or has not.</summary>
    public void OnAppended(CommitResult result, List<CoordinatorEffect> effects)
    {
        Invariant.Holds(
            Phase is CoordinatorPhase.Deciding or CoordinatorPhase.InDoubt,
            "the storage answers what it was asked");
        if (!result.IsCommitted) Complete(result, effects);
        Decide(result.IsCommitted, effects);
    }

    /// <summary>
    /// The storage has not said for long whether it has kept the batch. The members stay sealed.
    /// </summary>
    public void OnInDoubt(CommitResult doubt, List<CoordinatorEffect> effects)
    {
        if (Phase != CoordinatorPhase.Deciding) return;
        Phase = CoordinatorPhase.InDoubt;
        Complete(doubt, effects);
    }

    /// <summary>A member knows the decision, or is dead.</summary>
    public void OnTold(SiloAddress member, List<CoordinatorEffect> effects)
    {
        _untold.Remove(member);
        if (_untold.Count == 0 && Phase == CoordinatorPhase.Committed)
            Complete(CommitResult.Committed, effects);
    }

    /// <summary>
    /// A member has promised to hear the other members only: they believe that this silo is dead.
    /// Whether the transaction is kept is their matter.
    /// </summary>
    public void OnDisowned(
        SiloAddress member, CommitResult doubt, List<CoordinatorEffect> effects)
    {
        _untold.Remove(member);
        Complete(doubt, effects);
    }

    private void Decide(bool isCommitted, List<CoordinatorEffect> effects)
    {
        Phase = isCommitted ? CoordinatorPhase.Committed : CoordinatorPhase.Aborted;
        foreach (SiloAddress member in _members)
        {
            if (_waiting.Contains(member)) Tell(member, isCommitted, effects);
        }

        if (isCommitted && _untold.Count == 0) Complete(CommitResult.Committed, effects);
    }

    private void Tell(SiloAddress member, bool isCommitted, List<CoordinatorEffect> effects)
    {
        _untold.Add(member);
        effects.Add(new CoordinatorEffect.Settle(member, isCommitted));
    }

    private void Complete(CommitResult result, List<CoordinatorEffect> effects)
    {
        if (_isComplete) return;
        _isComplete = true;
        effects.Add(new CoordinatorEffect.Complete(result));
    }
}
