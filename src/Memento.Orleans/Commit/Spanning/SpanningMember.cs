using Memento.Invariants;
using Memento.Messages;

namespace Memento.Commit.Spanning;

/// <summary>Where a transaction over several silos is in one of them.</summary>
internal enum MemberPhase
{
    /// <summary>
    /// Its partitions are sealed, and what it depends on in this silo is not durable yet.
    /// </summary>
    Draining = 0,

    /// <summary>It has answered the coordinator, and waits for the decision.</summary>
    Sealed = 1,

    /// <summary>
    /// The coordinator is dead. It waits for what the members decide, and does not hear the
    /// coordinator any more, should that live.
    /// </summary>
    Promised = 2,

    /// <summary>It has changed nothing here, and its locks are released.</summary>
    Released = 3,

    /// <summary>Its changes are applied.</summary>
    Applied = 4,

    /// <summary>It is dropped.</summary>
    Aborted = 5,
}

/// <summary>What a member of a commit has to do next.</summary>
internal enum MemberEffect
{
    /// <summary>Apply the changes, and release the locks.</summary>
    Apply = 0,

    /// <summary>Drop the transaction with its locks.</summary>
    Abort = 1,

    /// <summary>Release the locks of a transaction that has changed nothing.</summary>
    Release = 2,

    /// <summary>Ask the coordinator.</summary>
    AskCoordinator = 3,

    /// <summary>
    /// Let the storage decide: it has the outcome, or keeps now that there will be none.
    /// </summary>
    AskStorage = 4,

    /// <summary>Ask the other members, and decide with them.</summary>
    AskMembers = 5,
}

/// <summary>
/// A transaction over several silos in one of them, from its seal to its end. A pure state machine:
/// what has happened goes in, and what is to be done comes out.
/// </summary>
/// <remarks>
/// What must hold: once it has answered that it is sealed, it ends only by a decision: of its
/// coordinator, of the storage, or of the members. No clock ends it. Only the coordinator that is
/// named in the seal means "aborted" when it does not know the transaction, and only where the
/// storage does not decide: a coordinator that has lost sight of this silo may have forgotten a
/// commit. Not thread-safe.
/// </remarks>
/// <param name="decider">Who decides if the coordinator is dead.</param>
internal sealed class SpanningMember(SpanningDecider decider)
{
    private bool _isOfMembers;

    public MemberPhase Phase { get; private set; }

    /// <summary>Whether it waits for a decision.</summary>
    public bool IsWaiting => Phase is MemberPhase.Sealed or MemberPhase.Promised;

    /// <summary>What it depends on here is durable. False: it was dropped meanwhile.</summary>
    public bool OnDurable(bool hasChanges, List<MemberEffect> effects)
    {
        if (Phase != MemberPhase.Draining) return false;
        Phase = hasChanges ? MemberPhase.Sealed : MemberPhase.Released;
        if (!hasChanges) effects.Add(MemberEffect.Release);
        return true;
    }

    /// <summary>
    /// What it depends on here was taken back, or the storage does not say that it stands.
    /// </summary>
    public void OnLost(List<MemberEffect> effects)
    {
        if (Phase == MemberPhase.Draining) End(isCommitted: false, effects);
    }

    /// <summary>A decision has come. Returns what is true after it.</summary>
    public MemberAnswer OnSettle(bool isCommitted, bool byMembers, List<MemberEffect> effects)
    {
        switch (Phase)
        {
            case MemberPhase.Draining:
                Invariant.Holds(
                    !isCommitted, "nothing is committed before every member has sealed");
                End(isCommitted: false, effects);
                return MemberAnswer.Aborted;
            case MemberPhase.Promised when !byMembers:
                return MemberAnswer.Promised;
            case MemberPhase.Applied or MemberPhase.Aborted when _isOfMembers && !byMembers:
                // A message of the dead coordinator that was late.
                return MemberAnswer.Promised;
            case MemberPhase.Sealed or MemberPhase.Promised:
                _isOfMembers = byMembers;
                End(isCommitted, effects);
                break;
            case MemberPhase.Applied:
                Invariant.Holds(isCommitted, "what is applied was not aborted");
                break;
            case MemberPhase.Aborted:
                Invariant.Holds(!isCommitted, "what was dropped is not committed");
                break;
        }

        return isCommitted ? MemberAnswer.Committed : MemberAnswer.Aborted;
    }

    /// <summary>
    /// Another member asks, because the coordinator is dead. An answer of "promised" binds.
    /// </summary>
    public MemberAnswer OnAskedByMember(List<MemberEffect> effects)
    {
        switch (Phase)
        {
            case MemberPhase.Draining:
                End(isCommitted: false, effects);
                return MemberAnswer.Aborted;
            case MemberPhase.Sealed:
                Phase = MemberPhase.Promised;
                return MemberAnswer.Promised;
            case MemberPhase.Promised:
                return MemberAnswer.Promised;
            case MemberPhase.Applied:
                return MemberAnswer.Committed;
            case MemberPhase.Aborted:
                return MemberAnswer.Aborted;
            default:
                // It has released its locks, and never learns the outcome.
                return MemberAnswer.Unknown;
        }
    }

    /// <summary>Nothing was heard for a while.</summary>
    /// <param name="isCoordinatorDead">Whether the membership says so.</param>
    /// <param name="isUnreachable">Whether the coordinator has not answered for long.</param>
    /// <param name="effects">What is to be done.</param>
    public void OnSilence(
        bool isCoordinatorDead, bool isUnreachable, List<MemberEffect> effects)
    {
        if (!IsWaiting) return;
        if (decider == SpanningDecider.Storage)
        {
            effects.Add(isCoordinatorDead || isUnreachable
                ? MemberEffect.AskStorage
                : MemberEffect.AskCoordinator);
        }
        else if (isCoordinatorDead)
        {
            Phase = MemberPhase.Promised;
            effects.Add(MemberEffect.AskMembers);
        }
        else if (Phase == MemberPhase.Sealed)
        {
            effects.Add(MemberEffect.AskCoordinator);
        }
    }

    /// <summary>The coordinator has answered a question.</summary>
    public void OnCoordinatorAnswer(MemberAnswer answer, List<MemberEffect> effects)
    {
        if (Phase != MemberPhase.Sealed) return;
        switch (answer)
        {
            case MemberAnswer.Committed:
                End(isCommitted: true, effects);
                break;
            case MemberAnswer.Aborted:
                End(isCommitted: false, effects);
                break;
            case MemberAnswer.Unknown when decider == SpanningDecider.Storage:
                effects.Add(MemberEffect.AskStorage);
                break;
            case MemberAnswer.Unknown:
                End(isCommitted: false, effects);
                break;
        }
    }

    /// <summary>The storage has decided.</summary>
    public void OnStorageDecided(bool isCommitted, List<MemberEffect> effects)
    {
        if (IsWaiting) End(isCommitted, effects);
    }

    /// <summary>
    /// Whether a member below waits too, or does not answer: then it is the one that decides.
    /// </summary>
    public static bool IsOthersTurn(IEnumerable<MemberAnswer?> below)
        => below.Any(static each =>
            each is null or MemberAnswer.Promised or MemberAnswer.Pending);

    /// <summary>
    /// What the members decide, from the answers of all that live: one that has committed counts;
    /// otherwise all have promised, or never will commit.
    /// </summary>
    /// <returns>Null while an answer is missing.</returns>
    public static bool? Decide(IEnumerable<MemberAnswer?> answers)
    {
        bool isMissing = false;
        foreach (MemberAnswer? answer in answers)
        {
            if (answer == MemberAnswer.Committed) return true;
            isMissing |= answer is null or MemberAnswer.Pending;
        }

        return isMissing ? null : false;
    }

    private void End(bool isCommitted, List<MemberEffect> effects)
    {
        Phase = isCommitted ? MemberPhase.Applied : MemberPhase.Aborted;
        effects.Add(isCommitted ? MemberEffect.Apply : MemberEffect.Abort);
    }
}
