using Memento.Commit.Spanning;
using Memento.Invariants;
using Memento.Messages;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>Asks a silo to seal its partitions of a transaction.</summary>
internal sealed record SealCall(
    Guid Id,
    SiloAddress Coordinator,
    List<SiloAddress> Members,
    SpanningDecider Decider,
    List<VirtualParticipant> Participants,
    bool HoldsReaders);

/// <summary>What a silo has to commit; without an entry: it refuses.</summary>
/// <param name="HasChanges">Whether it has any.</param>
/// <param name="Entry">What is to be written.</param>
/// <param name="IsHeld">Whether it has only read, and waits for the decision all the same.</param>
internal sealed record SealReply(bool HasChanges, VirtualEntry? Entry, bool IsHeld = false)
{
    public static SealReply Refused { get; } = new(HasChanges: false, Entry: null);
}

/// <summary>What is true of a transaction in a silo.</summary>
internal sealed record MemberReply(MemberAnswer Answer);

/// <summary>A transaction that is sealed in a silo.</summary>
internal sealed record VirtualSealed(SealCall Call, VirtualState State, bool IsOwn)
{
    public SpanningMember Member { get; } = new(Call.Decider);

    public long HeardAt { get; set; }
}

/// <content>
/// A member of a commit, by the steps of <see cref="Memento.Commit.MemberCommits"/>.
/// </content>
internal sealed partial class VirtualSilo
{
    private static readonly long Patience = VirtualTime.Milliseconds(100);
    private static readonly long LongestSilence = VirtualTime.Milliseconds(1_000);

    private readonly Dictionary<Guid, VirtualSealed> _sealed = [];

    public Task<SealReply?> SealAsync(SealCall call)
        => _registry.TryGetValue(call.Id, out VirtualState? state) && TryBeginCommit(state)
            ? SealAsync(call, state, isOwn: false)
            : Task.FromResult<SealReply?>(SealReply.Refused);

    /// <summary>A decision has come. Answers what is true here after it.</summary>
    public async Task<MemberReply?> SettleAsync(Guid id, bool isCommitted, bool byMembers)
    {
        await _latch.EnterAsync();
        return Settle(id, isCommitted, byMembers);
    }

    private MemberReply Settle(Guid id, bool isCommitted, bool byMembers)
    {
        if (isCommitted && byMembers) _decidedAlone.Add(id);
        if (_sealed.TryGetValue(id, out VirtualSealed? one))
        {
            return new MemberReply(Step(one, (member, effects) =>
                member.OnSettle(isCommitted, byMembers, effects)));
        }

        if (!isCommitted) Abort(id);
        return Remembered(id);
    }

    /// <summary>Another member, or none but a member of this coordinator, asks.</summary>
    public MemberReply Asked(Guid id, bool isForMembers)
    {
        if (!isForMembers)
        {
            VirtualCoordination? running = _running.GetValueOrDefault(id)
                ?? _leftOut.GetValueOrDefault(id);
            return new MemberReply(running?.Machine.Answer ?? MemberAnswer.Unknown);
        }

        if (_sealed.TryGetValue(id, out VirtualSealed? one))
        {
            return new MemberReply(Step(one, static (member, effects) =>
                member.OnAskedByMember(effects)));
        }

        Abort(id);
        return Remembered(id);
    }

    private MemberReply Remembered(Guid id)
        => new(_outcomes.TryGetValue(id, out bool isCommitted)
            ? isCommitted ? MemberAnswer.Committed : MemberAnswer.Aborted
            : MemberAnswer.Unknown);

    private async Task<SealReply?> SealAsync(SealCall call, VirtualState state, bool isOwn)
    {
        List<VirtualSealing> parts = [];
        foreach (VirtualParticipant each in call.Participants)
        {
            if (FindPart(each.Partition, call.Id) is { } part)
                parts.Add(new VirtualSealing(part, each));
        }

        // What the caller does not know holds locks.
        foreach (VirtualPart each in state.Parts.Where(
            each => !parts.Exists(part => part.Part == each)).ToArray())
        {
            each.Partition.Abort(each);
            state.Parts.Remove(each);
        }

        if (parts.Count < call.Participants.Count || !Seal(state, parts))
        {
            AbortAll(state);
            if (!isOwn) Remove(state, isCommitted: false);
            return SealReply.Refused;
        }

        var one = new VirtualSealed(call, state, isOwn) { HeardAt = All.Time.Now };
        Invariant.Holds(_sealed.TryAdd(call.Id, one), "a silo seals once");
        VirtualEntry entry = MakeEntry(state);
        bool hasChanges = parts.Exists(static each => each.Part.HasChanges);
        if (All.Fault == ClusterFault.ReleasesAtSeal)
        {
            foreach (VirtualPart part in parts.Select(static each => each.Part))
                part.Partition.ReleaseLocks(part);
        }

        long position = parts.Max(static each => each.Part.Partition.PositionBelow(each.Part));
        bool isDurable = All.Fault == ClusterFault.SealsBeforeDurable
            || await ConfirmReadsAsync(position, state.Generation);
        bool isSealed = isDurable && IsHeld(state);
        bool isHeld = !hasChanges && (call.HoldsReaders || _holdsReaders)
            && All.Fault != ClusterFault.ReleasesReaders;
        isSealed = Step(one, (member, effects) =>
        {
            if (isSealed) return member.OnDurable(hasChanges || isHeld, effects);
            member.OnLost(effects);
            return false;
        });
        if (!isSealed) return SealReply.Refused;
        if (isHeld) All.Counts.Add(Happening.ReaderHeld);
        if (!isOwn && (hasChanges || isHeld)) Post(Patience, () => Look(one));
        return new SealReply(hasChanges, entry, isHeld);
    }

    private async Task<bool> ConfirmReadsAsync(long position, int generation)
    {
        if (position == 0) return true;
        if (position > Journal.DurablePosition)
        {
            var reads = new VirtualPending(null, position);
            if (Journal.TryAppend(reads, generation)
                && await reads.Durable.Task == PendingEnd.InDoubt)
            {
                return false;
            }
        }

        return position <= Journal.DurablePosition && Journal.Stands(generation, position);
    }

    private void Look(VirtualSealed one)
    {
        if (!_sealed.ContainsKey(one.Call.Id)) return;
        All.Time.Go(async () =>
        {
            if (All.Time.Now - one.HeardAt >= Patience) await LookAsync(one);
            Post(Patience, () => Look(one));
        });
    }

    private async Task LookAsync(VirtualSealed one)
    {
        if (All.Fault == ClusterFault.GivesUpByClock)
        {
            await StepAndAskAsync(one, [], static (member, effects) =>
                member.OnStorageDecided(isCommitted: false, effects));
            return;
        }

        List<MemberEffect> asks = [];
        Step(one, (member, _) =>
        {
            member.OnSilence(
                IsDead(one.Call.Coordinator),
                All.Time.Now - one.HeardAt >= LongestSilence,
                asks);
            return true;
        });
        while (asks.Count > 0)
        {
            List<MemberEffect> next = [];
            foreach (MemberEffect each in asks)
                await AskAsync(one, each, next);
            asks = next;
        }
    }

    private async Task AskAsync(VirtualSealed one, MemberEffect ask, List<MemberEffect> next)
    {
        Guid id = one.Call.Id;
        switch (ask)
        {
            case MemberEffect.AskCoordinator:
                MemberReply? reply = await All.Network.CallAsync(
                    this,
                    one.Call.Coordinator,
                    CallTimeout,
                    there => Task.FromResult<MemberReply?>(there.Asked(id, isForMembers: false)));
                if (reply is null) return;
                one.HeardAt = All.Time.Now;
                MemberAnswer answer = reply.Answer;
                if (answer is MemberAnswer.Committed or MemberAnswer.Aborted)
                    All.Counts.Add(Happening.DecidedByCoordinator);
                await StepAndAskAsync(one, next, (member, effects) =>
                    member.OnCoordinatorAnswer(answer, effects));
                break;
            case MemberEffect.AskStorage:
                if (await All.Storage.CallAsync(this, () => All.Storage.Decide(id)) is bool kept)
                {
                    if (one.Member.IsWaiting) All.Counts.Add(Happening.DecidedByStorage);
                    await StepAndAskAsync(one, next, (member, effects) =>
                    {
                        if (kept) _decidedAlone.Add(id);
                        member.OnStorageDecided(kept, effects);
                    });
                }

                break;
            case MemberEffect.AskMembers:
                await AskMembersAsync(one);
                break;
        }
    }

    private async Task AskMembersAsync(VirtualSealed one)
    {
        Guid id = one.Call.Id;
        SiloAddress[] living = [.. one.Call.Members.Where(each => !IsDead(each)).Order()];
        SiloAddress[] others = [.. living.Where(each => !each.Equals(Here))];
        MemberReply?[] replies = await Task.WhenAll(others.Select(each => All.Network.CallAsync(
            this,
            each,
            CallTimeout,
            there => Task.FromResult<MemberReply?>(there.Asked(id, isForMembers: true)))));
        MemberAnswer?[] answers = [.. replies.Select(static each => each?.Answer)];
        int lower = Array.IndexOf(living, Here);
        if (SpanningMember.IsOthersTurn(answers[..lower])) return;
        if (SpanningMember.Decide(answers) is not { } isCommitted) return;

        All.Counts.Add(Happening.DecidedByMembers);
        await SettleAsync(id, isCommitted, byMembers: true);
        foreach (SiloAddress each in others)
        {
            All.Network.Send(each, there => All.Time.Go(
                () => there.SettleAsync(id, isCommitted, byMembers: true)));
        }
    }

    private async Task StepAndAskAsync(
        VirtualSealed one,
        List<MemberEffect> asks,
        Action<SpanningMember, List<MemberEffect>> step)
    {
        await _latch.EnterAsync();
        Step(one, (member, effects) =>
        {
            step(member, effects);
            asks.AddRange(effects.Where(static each => each >= MemberEffect.AskCoordinator));
            return true;
        });
    }

    private TResult Step<TResult>(
        VirtualSealed one, Func<SpanningMember, List<MemberEffect>, TResult> step)
    {
        List<MemberEffect> effects = [];
        TResult result = step(one.Member, effects);
        foreach (MemberEffect effect in effects)
            CarryOut(one, effect);
        return result;
    }

    private void CarryOut(VirtualSealed one, MemberEffect effect)
    {
        if (effect > MemberEffect.Release) return;

        bool isCommitted = effect == MemberEffect.Apply;
        if (All.Time.IsTold) All.Time.Tell($"{Name}: {effect} of {All.NameOf(one.Call.Id)}");

        // What has only read may be held, and then hears what is true of nothing else.
        if (one.State.Parts.Exists(static each => each.HasChanges))
            All.CheckEnd(this, one.Call, isCommitted);
        if (effect == MemberEffect.Abort)
        {
            AbortAll(one.State);
        }
        else
        {
            foreach (VirtualPart each in one.State.Parts)
                each.Partition.Apply(each, null);
        }

        if (!one.IsOwn)
        {
            // What has changed nothing says nothing about the outcome.
            bool? outcome = effect == MemberEffect.Release ? null : isCommitted;
            Remove(one.State, outcome);
        }

        _sealed.Remove(one.Call.Id);
    }
}
