using Memento.Commit.Spanning;
using Memento.Messages;
using Memento.Tests.Clusters.Simulation.Grains;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>A partition that took part in a transaction, in a message.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Silo">Its silo.</param>
/// <param name="Operations">How many operations were answered.</param>
/// <param name="Kept">The appends that its client has kept back until the seal.</param>
internal sealed record VirtualParticipant(
    int Partition, SiloAddress Silo, int Operations, List<KeptAppend> Kept);

/// <summary>A transaction in a partition, and what its client says of it.</summary>
internal sealed record VirtualSealing(VirtualPart Part, VirtualParticipant Named);

/// <summary>A class, so that no answer is null.</summary>
internal sealed record CommitAnswer(CommitResult Result);

/// <summary>
/// The silo with which the records of a partition were lost when its owner began; null: none.
/// </summary>
internal sealed record LossAnswer(SiloAddress? With);

/// <summary>A commit that a silo coordinates.</summary>
internal sealed record VirtualCoordination(
    VirtualState State,
    Dictionary<SiloAddress, List<VirtualParticipant>> BySilo,
    SpanningDecider Decider,
    VirtualEntry Entry)
{
    public SpanningCoordinator Machine { get; } =
        new([.. BySilo.Keys], Decider, isStoredAnyway: Entry.Decision is not null);

    public TaskCompletionSource<CommitResult> Result { get; } = new();

    public bool HasLeftOut { get; set; }

    /// <summary>Ends when it is decided; null: nobody waits for that.</summary>
    public TaskCompletionSource<bool>? Decided { get; set; }
}

/// <content>
/// Commits, by the steps of <see cref="Memento.Commit.LocalCommit"/>,
/// <see cref="Memento.Commit.OneAppendCommit"/> and
/// <see cref="Memento.Commit.SpanningCommit"/>.
/// </content>
internal sealed partial class VirtualSilo
{
    private readonly Dictionary<Guid, VirtualCoordination> _running = [];

    // Over ram alone, with a member that was dead: not to know it would mean "aborted".
    private readonly Dictionary<Guid, VirtualCoordination> _leftOut = [];

    /// <summary>Commits a transaction of a caller elsewhere.</summary>
    public async Task<CommitAnswer?> CommitAsync(
        Guid id, List<VirtualParticipant> participants, VirtualForeign? foreign = null)
    {
        if (!_registry.TryGetValue(id, out VirtualState? state) || !TryBeginCommit(state))
        {
            if (state is not null) await state.Ended.Task;
            return new CommitAnswer(
                _inDoubt.Contains(id) ? InDoubt(id)
                : _outcomes.GetValueOrDefault(id) ? CommitResult.Committed
                : Again);
        }

        CommitResult result = foreign is null
            ? await CommitBegunAsync(state, participants)
            : await ManageAsync(state, participants, foreign);
        if (result.IsInDoubt) _inDoubt.Add(id);
        Remove(state, result.IsCommitted);
        return new CommitAnswer(result);
    }

    /// <summary>Finds the outcome of a transaction; what has not happened never will.</summary>
    public async Task<CommitAnswer?> DecideAsync(Guid id, List<VirtualParticipant> participants)
    {
        SiloAddress silo = participants[0].Silo;
        if (silo.Equals(Here)) return await DecideHereAsync(id);
        if (!IsDead(silo))
        {
            return await All.Network.CallAsync(
                this, silo, CallTimeout, there => there.DecideAsync(id, participants));
        }

        bool hasTold = _told.Contains(silo);
        if (_outcomes.GetValueOrDefault(id)) return new CommitAnswer(CommitResult.Committed);

        VirtualParticipant[] inRam = [.. participants.Where(each => !All.IsDisk(each.Partition))];
        if (inRam.Length < participants.Count)
        {
            if (await All.Storage.CallAsync(this, () => All.Storage.Decide(id)) is not bool kept)
                return null;
            if (kept) return new CommitAnswer(CommitResult.Committed);
            if (inRam.Length == 0 || participants.Exists(each => !each.Silo.Equals(silo)))
                return new CommitAnswer(Again);
        }

        if (hasTold) return new CommitAnswer(Again);
        return await AreLostAsync(inRam, silo) is not { } areLost
            ? null
            : new CommitAnswer(areLost ? Again : InDoubt(id));
    }

    /// <summary>
    /// Whether all records that a silo had were lost with it; null: it cannot be found out now.
    /// </summary>
    private async Task<bool?> AreLostAsync(VirtualParticipant[] participants, SiloAddress silo)
    {
        if (!Array.TrueForAll(participants, each => each.Silo.Equals(silo))) return false;
        foreach (VirtualParticipant each in participants)
        {
            if (OwnerOf(each.Partition) is not { } owner) return null;
            LossAnswer? loss = owner.Equals(Here)
                ? await FindLossAsync(each.Partition)
                : await All.Network.CallAsync(
                    this, owner, CallTimeout, there => there.FindLossAsync(each.Partition));
            if (loss is null) return null;
            if (!silo.Equals(loss.With)) return false;
        }

        return true;
    }

    private async Task<LossAnswer?> FindLossAsync(int number)
        => await OpenAsync(number) is { } partition ? new LossAnswer(partition.LostWith) : null;

    private static CommitResult Again { get; } = CommitResult.TryAgain("says the simulation");

    private static CommitResult InDoubt(Guid id)
        => CommitResult.Failed(new TransactionInDoubtException(
            id, new StorageException("says the simulation")));

    private async Task<CommitAnswer?> DecideHereAsync(Guid id)
    {
        while (true)
        {
            if (_registry.TryGetValue(id, out VirtualState? running))
            {
                TryAbort(running);
                if (running.IsCommitting) await running.Ended.Task;
            }

            if (_inDoubt.Contains(id)) return new CommitAnswer(InDoubt(id));
            if (_outcomes.TryGetValue(id, out bool known))
                return new CommitAnswer(known ? CommitResult.Committed : Again);
            if (await All.Storage.CallAsync(this, () => All.Storage.Decide(id)) is not bool kept)
                return null;
            if (_registry.ContainsKey(id) || !_outcomes.TryAdd(id, kept)) continue;
            return new CommitAnswer(kept ? CommitResult.Committed : Again);
        }
    }

    private async Task<CommitResult> CommitBegunAsync(
        VirtualState state,
        List<VirtualParticipant> participants,
        VirtualKeptDecision? decision = null)
    {
        List<VirtualSealing> here = [];
        bool isElsewhere = false;
        foreach (VirtualParticipant each in participants)
        {
            if (FindPart(each.Partition, state.Id) is { } part)
            {
                here.Add(new VirtualSealing(part, each));
                continue;
            }

            isElsewhere = true;
            if (each.Silo.Equals(Here))
            {
                AbortAll(state);
                return Again;
            }
        }

        return isElsewhere
            ? await CommitOverSilosAsync(state, participants, decision)
            : await CommitHereAsync(state, here, decision);
    }

    private VirtualPart? FindPart(int partition, Guid id)
        => _partitions.GetValueOrDefault(partition)?.Find(id);

    private static void AbortAll(VirtualState state)
    {
        foreach (VirtualPart each in state.Parts)
            each.Partition.Abort(each, evenIfSealed: true);
    }

    private static bool Seal(VirtualState state, List<VirtualSealing> parts)
    {
        bool isSealed = parts.TrueForAll(
            static each => each.Part.Partition.TrySeal(
                each.Part, each.Named.Operations, each.Named.Kept));
        if (isSealed && IsHeld(state)) return true;
        AbortAll(state);
        return false;
    }

    private static bool IsHeld(VirtualState state)
        => state.Parts.TrueForAll(static each => each.Partition.Holding.Stands);

    private VirtualEntry MakeEntry(VirtualState state, VirtualKeptDecision? decision = null)
    {
        VirtualEntry entry = NewEntry(state.Id, decision);
        foreach (VirtualPart each in state.Parts.Where(static each => each.Partition.IsDisk))
        {
            if (All.Fault != ClusterFault.LeavesOutOwners)
                entry.Owners.Add((each.Partition.Number, each.Partition.Holding.Owned.Epoch));
            entry.Writes.AddRange(each.Staged.Select(each => (each.Key, each.Value)));
        }

        return entry;
    }

    /// <summary>All partitions are here: they show the changes before these are durable.</summary>
    private async Task<CommitResult> CommitHereAsync(
        VirtualState state, List<VirtualSealing> parts, VirtualKeptDecision? decision)
    {
        if (!Seal(state, parts)) return Again;

        long dependsOn = parts.Max(static each => each.Part.DependsOn);
        bool isDisk = decision is not null || parts.Exists(
            static each => each.Part.HasChanges && each.Part.Partition.IsDisk);
        bool mustWait = isDisk || dependsOn > Journal.DurablePosition;
        if (!mustWait && (dependsOn == 0 || Journal.Stands(state.Generation, dependsOn)))
        {
            if (parts.Exists(static each => each.Part.HasChanges)) await _latch.EnterAsync();
            foreach (VirtualPart part in parts.Select(static each => each.Part))
                part.Partition.Apply(part, null);
            return CommitResult.Committed;
        }

        await _latch.EnterAsync();
        var pending = new VirtualPending(isDisk ? MakeEntry(state, decision) : null, dependsOn);
        if (!Journal.TryAppend(pending, state.Generation))
        {
            AbortAll(state);
            return Again;
        }

        foreach (VirtualPart part in parts.Select(static each => each.Part))
            part.Partition.Apply(part, pending);
        return await pending.Durable.Task switch
        {
            PendingEnd.Kept => CommitResult.Committed,
            PendingEnd.TakenBack => Again,
            _ => InDoubt(state.Id),
        };
    }

    private static VirtualEntry NewEntry(Guid id, VirtualKeptDecision? decision)
        => decision is null
            ? new VirtualEntry(id, [], [], KeepsOutcome: true)
            : new VirtualEntry(id, [], [], KeepsOutcome: true)
            {
                Decision = decision.Decision,
                Done = decision.Done,
            };

    private async Task<CommitResult> CommitOverSilosAsync(
        VirtualState state,
        List<VirtualParticipant> participants,
        VirtualKeptDecision? decision)
    {
        var bySilo = participants.GroupBy(each => FindPart(each.Partition, state.Id) is null
            ? each.Silo
            : Here).ToDictionary(static each => each.Key, static each => each.ToList());
        var one = new VirtualCoordination(
            state,
            bySilo,
            decision is not null || participants.Exists(each => All.IsDisk(each.Partition))
                ? SpanningDecider.Storage
                : SpanningDecider.Members,
            NewEntry(state.Id, decision));
        _running[state.Id] = one;
        Step(one, static (machine, effects) => machine.Begin(effects));
        CommitResult result = await one.Result.Task;
        if (result.IsCommitted) All.Counts.Add(Happening.CommittedOverSilos);
        return result;
    }

    /// <summary>
    /// A step that may decide. What is decided while this silo is closed for a cut, another one
    /// that is not closed yet could apply.
    /// </summary>
    private async Task DecideAsync(
        VirtualCoordination one, Action<SpanningCoordinator, List<CoordinatorEffect>> step)
    {
        if (All.Fault != ClusterFault.DecidesWhenClosed) await _latch.EnterAsync();
        Step(one, step);
    }

    private void Step(
        VirtualCoordination one, Action<SpanningCoordinator, List<CoordinatorEffect>> step)
    {
        List<CoordinatorEffect> effects = [];
        step(one.Machine, effects);
        if (one.Decided is { } decided && one.Machine.Answer != MemberAnswer.Pending)
            Wake(decided, true);
        if (one.Machine.IsOver && _running.Remove(one.State.Id)
            && one is { HasLeftOut: true, Decider: SpanningDecider.Members })
        {
            _leftOut.Add(one.State.Id, one);
        }

        foreach (CoordinatorEffect effect in effects)
        {
            switch (effect)
            {
                case CoordinatorEffect.Seal seal:
                    All.Time.Go(() => SealAsync(one, seal.Member));
                    break;
                case CoordinatorEffect.Append:
                    All.Time.Go(() => AppendAsync(one));
                    break;
                case CoordinatorEffect.Settle settle:
                    All.Time.Go(() => SettleAsync(one, settle.Member, settle.IsCommitted));
                    break;
                case CoordinatorEffect.Complete complete:
                    Wake(one.Result, complete.Result);
                    break;
            }
        }
    }

    private async Task SealAsync(VirtualCoordination one, SiloAddress member)
    {
        var call = new SealCall(
            one.State.Id,
            Here,
            [.. one.BySilo.Keys],
            one.Decider,
            one.BySilo[member],
            _holdsReaders);
        SealReply? reply = member.Equals(Here)
            ? await SealAsync(call, one.State, isOwn: true)
            : await All.Network.CallAsync(
                this, member, CallTimeout, there => there.SealAsync(call));
        await DecideAsync(one, (machine, effects) =>
        {
            if (reply is { Entry: { } entry })
            {
                one.Entry.Writes.AddRange(entry.Writes);
                one.Entry.Owners.AddRange(entry.Owners);
                machine.OnSealed(member, reply.HasChanges, effects, reply.IsHeld);
            }
            else
            {
                machine.OnRefused(member, Again, maySeal: reply is null, effects);
            }
        });
    }

    private async Task AppendAsync(VirtualCoordination one)
    {
        bool isTold = false;
        var pending = new VirtualPending(one.Entry, 0) { Settled = Tell };
        if (!Journal.TryAppend(pending, Journal.Generation))
        {
            Tell(false);
            return;
        }

        if (All.Fault == ClusterFault.AppliesBeforeDurable) Tell(true);
        if (await pending.Durable.Task == PendingEnd.InDoubt)
            Step(one, (machine, effects) => machine.OnInDoubt(InDoubt(one.State.Id), effects));

        // Not on the journal's thread.
        void Tell(bool isKept) => Post(0, () =>
        {
            if (isTold) return;
            isTold = true;
            All.Time.Go(() => DecideAsync(one, (machine, effects) =>
                machine.OnAppended(isKept ? CommitResult.Committed : Again, effects)));
        });
    }

    private async Task SettleAsync(VirtualCoordination one, SiloAddress member, bool isCommitted)
    {
        Guid id = one.State.Id;
        if (member.Equals(Here))
        {
            await SettleAsync(id, isCommitted, byMembers: false);
            Step(one, (machine, effects) => machine.OnTold(member, effects));
            return;
        }

        if (isCommitted && one.Decider == SpanningDecider.Storage)
        {
            Post(
                VirtualTime.Milliseconds(150),
                () => one.Result.TrySetResult(CommitResult.Committed));
        }

        for (double pause = 5; ; pause = Math.Min(pause * 2, 80))
        {
            MemberReply? reply = await All.Network.CallAsync(
                this,
                member,
                CallTimeout,
                there => there.SettleAsync(id, isCommitted, byMembers: false));
            if (reply?.Answer == MemberAnswer.Promised
                || (isCommitted && reply?.Answer == MemberAnswer.Aborted))
            {
                Step(one, (machine, effects) =>
                    machine.OnDisowned(member, InDoubt(id), effects));
                return;
            }

            bool isDead = reply is null && IsDead(member);
            if (reply is not null || isDead)
            {
                if (isDead && isCommitted) one.HasLeftOut = true;
                Step(one, (machine, effects) => machine.OnTold(member, effects));
                return;
            }

            await DelayAsync(VirtualTime.Milliseconds(pause));
        }
    }
}
