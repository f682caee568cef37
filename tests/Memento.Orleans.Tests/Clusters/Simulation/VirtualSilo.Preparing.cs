using Memento.Tests.Clusters.Simulation.Grains;
using Memento.TwoPhase;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Tests.Clusters.Simulation;

/// <content>
/// Partitions in transactions that a grain decides, by the steps of
/// <see cref="Memento.Commit.Prepared.PreparedTransactions"/>.
/// </content>
internal sealed partial class VirtualSilo
{
    private readonly Dictionary<Guid, VirtualGroup> _groups = [];

    /// <summary>Asks a partition for its vote, which goes to the manager.</summary>
    public void PreparePart(int number, PrepareCall call)
    {
        Stamps.Observe(call.Time);
        VirtualPartition? partition = _partitions.GetValueOrDefault(number);
        if (FindToPrepare(call.Id, partition, out VirtualGroup? group) is { } part)
        {
            var one = new VirtualPrepared(part, call.Time, call.Manager)
            {
                Pause = All.Fault == ClusterFault.AsksEarly
                    ? VirtualTime.Milliseconds(125)
                    : VirtualPrepared.LongestPause,
            };
            Prepare(group!, one, call.Count);
            return;
        }

        if (group is not null) return;

        var vote = new VirtualVote(
            call.Id, call.Time, Party.Partition(number), VoteOfUnknown(call.Id, call.Count));
        All.Grains!.SendToManager(this, call.Manager, vote);
    }

    /// <summary>No answer: the manager has to say it again.</summary>
    public async Task<Done?> ConfirmPartAsync(int number, Guid id)
    {
        if (!await FindForDecisionAsync(number, id, isCommitted: true)) return null;
        return await ConfirmHereAsync(number, id) ? Done.Instance : null;
    }

    private async Task<bool> ConfirmHereAsync(int number, Guid id)
    {
        if (!_groups.TryGetValue(id, out VirtualGroup? group)) return true;

        group.Parts.RemoveAll(static each => each.Voter.Phase == VoterPhase.Prepared
            && each.Part.IsEnded);
        if (group.Find(_partitions.GetValueOrDefault(number)) is not
            { Voter.Phase: < VoterPhase.Dropping })
        {
            return true;
        }

        group.Confirming ??= new TaskCompletionSource<bool>();
        TaskCompletionSource<bool> confirming = group.Confirming;
        Step(group, static (voter, effects) => voter.OnConfirm(effects));
        return await confirming.Task;
    }

    public async Task<Done?> CancelPartAsync(int number, Guid id)
    {
        if (!await FindForDecisionAsync(number, id, isCommitted: false)) return null;
        CancelHere(number, id);
        return Done.Instance;
    }

    /// <summary>
    /// A grain has decided a transaction that may be prepared in ram here, while the partition is
    /// on its way to another silo and waits for that.
    /// </summary>
    public async Task<Done?> EndPreparedAsync(int number, Guid id, bool isCommitted)
    {
        if (isCommitted) return await ConfirmHereAsync(number, id) ? Done.Instance : null;

        CancelHere(number, id);
        return Done.Instance;
    }

    private void CancelHere(int number, Guid id)
    {
        if (_groups.TryGetValue(id, out VirtualGroup? group))
        {
            All.Counts.Add(Happening.PartCancelled);
            Step(group, static (voter, effects) => voter.OnCancel(effects));
        }

        DropOpen(number, id);
    }

    public void AbortPart(int number, Guid id)
    {
        if (_groups.TryGetValue(id, out VirtualGroup? group))
            Step(group, static (voter, effects) => voter.OnAbort(effects));
        DropOpen(number, id);
    }

    /// <summary>
    /// Opens the partition, which may be prepared in the storage, unless it knows the transaction.
    /// One in ram may be on its way here, and wait for the decision where it was.
    /// </summary>
    private async Task<bool> FindForDecisionAsync(int number, Guid id, bool isCommitted)
    {
        if (FindPart(number, id) is not null) return true;
        if (All.IsDisk(number) || All.Fault == ClusterFault.DecidesWhereItGoes)
            return await OpenAsync(number) is not null;

        SiloAddress[] others = [.. Others];
        Done?[] told = await Task.WhenAll(others.Select(each => All.Network.CallAsync(
            this, each, CallTimeout, there => there.EndPreparedAsync(number, id, isCommitted))));
        return others.Zip(told).All(each => each.Second is not null || IsDead(each.First));
    }

    private VirtualPart? FindToPrepare(
        Guid id, VirtualPartition? partition, out VirtualGroup? group)
    {
        if (!_groups.TryGetValue(id, out group) || group.State is null)
        {
            if (!_registry.TryGetValue(id, out VirtualState? state) || !TryBeginCommit(state))
                return null;

            group ??= _groups[id] = new VirtualGroup(id);
            group.State = state;
        }

        if (group.Find(partition) is not null) return null;
        if (partition?.Find(id) is { IsSealed: false } found) return found;

        group = null;
        return null;
    }

    private TransactionalStatus VoteOfUnknown(Guid id, AccessCounter count)
        => count.Reads + count.Writes == 0
            && (_registry.GetValueOrDefault(id)?.IsCommitting ?? _outcomes.TryAdd(id, false))
                ? TransactionalStatus.Ok
                : TransactionalStatus.LockValidationFailed;

    private void Prepare(VirtualGroup group, VirtualPrepared one, AccessCounter count)
    {
        TransactionalStatus validity = Seal(one, count);
        bool writes = one.Part.HasChanges;
        one.HeardAt = All.Time.Now;
        group.Parts.Add(one);
        Step(
            group,
            (voter, effects) => voter.OnPrepare(validity, writes, effects),
            each => each == one);
    }

    private static TransactionalStatus Seal(VirtualPrepared one, AccessCounter count)
    {
        bool isRight = !one.Part.HasChanges || count.Writes > 0;
        if (!isRight
            || !one.Part.Partition.TrySeal(one.Part, count.Reads + count.Writes, kept: []))
        {
            return TransactionalStatus.LockValidationFailed;
        }

        return one.Part.Partition.Holding.Stands
            ? TransactionalStatus.Ok
            : TransactionalStatus.BrokenLock;
    }

    private void DropOpen(int number, Guid id)
    {
        Abort(id);
        if (FindPart(number, id) is { } open) open.Partition.Abort(open);
        if (_groups.TryGetValue(id, out VirtualGroup? group)) Finish(group);
    }

    private void Step(
        VirtualGroup group,
        Action<Voter, List<VoterEffect>> step,
        Predicate<VirtualPrepared>? chosen = null)
    {
        List<VirtualPrepared> committing = [];
        List<VoterEffect> effects = [];
        foreach (VirtualPrepared one in group.Parts.ToArray())
        {
            if (chosen is not null && !chosen(one)) continue;

            step(one.Voter, effects);
            foreach (VoterEffect effect in effects)
                Begin(group, one, effect, committing);
            effects.Clear();
        }

        if (committing.Count > 0) Post(0, () => All.Time.Go(() => CommitAsync(group, committing)));
        Finish(group);
    }

    private void Begin(
        VirtualGroup group,
        VirtualPrepared one,
        VoterEffect effect,
        List<VirtualPrepared> committing)
    {
        switch (effect)
        {
            case VoterEffect.Persist:
                Post(0, () => All.Time.Go(() => PersistAsync(group, one)));
                break;
            case VoterEffect.Vote:
                All.Grains!.SendToManager(
                    this,
                    one.Manager,
                    new VirtualVote(group.Id, one.Time, one.Self, one.Voter.Vote));
                break;
            case VoterEffect.Commit:
                committing.Add(one);
                break;
            case VoterEffect.Apply or VoterEffect.Release:
                if (effect == VoterEffect.Release) one.Part.Partition.Apply(one.Part, null);
                group.IsCommitted = true;
                break;
            case VoterEffect.Forget:
                Post(0, () => All.Time.Go(() => ForgetAsync(group, one)));
                break;
            case VoterEffect.Drop:
                one.Part.Partition.Abort(one.Part, evenIfSealed: true);
                break;
            case VoterEffect.Ping:
                All.Counts.Add(Happening.PartAsked);
                All.Grains!.SendToManager(
                    this, one.Manager, new VirtualVote(group.Id, one.Time, one.Self, Vote: null));
                break;
        }
    }

    private void Finish(VirtualGroup group)
    {
        group.Parts.RemoveAll(static each => each.Voter.Phase == VoterPhase.Ended
            || each.Part.IsEnded);
        if (group.Parts.Count > 0 || !group.HasEnded) return;
        if (_groups.Remove(group.Id) && group.State is { } state) Remove(state, group.IsCommitted);
    }

    private async Task PersistAsync(VirtualGroup group, VirtualPrepared one)
    {
        TransactionalStatus failure = await SecureAsync(group, one);
        if (one.MayHaveRow) one.Part.Partition.KeepPrepared(one.Part);
        Persisted(group, [one], failure);
    }

    private async Task<TransactionalStatus> SecureAsync(VirtualGroup group, VirtualPrepared one)
    {
        VirtualPart part = one.Part;
        long position = part.Partition.PositionBelow(part);
        if (!await ConfirmReadsAsync(position, group.State!.Generation))
            return TransactionalStatus.CascadingAbort;
        if (!part.Partition.Holding.Stands) return TransactionalStatus.BrokenLock;
        if (!one.IsStored || !part.HasChanges) return TransactionalStatus.Ok;
        if (one.Voter.Phase == VoterPhase.Dropping) return TransactionalStatus.CommitFailure;

        one.MayHaveRow = true;
        All.Counts.Add(Happening.PartPrepared);
        var entry = new VirtualEntry(group.Id, [], [], KeepsOutcome: false)
        {
            Prepared = new StoredPrepared(
                part.Partition.Number,
                group.Id,
                part.Age,
                one.Time,
                one.Manager,
                [.. part.Staged.Select(static each => (each.Key, each.Value))]),
        };
        if (All.Fault == ClusterFault.VotesBeforePrepared)
        {
            All.Time.Go(() => AppendAsync([one], entry));
            return TransactionalStatus.Ok;
        }

        return await AppendAsync([one], entry)
            ? TransactionalStatus.Ok
            : TransactionalStatus.CommitFailure;
    }

    private async Task CommitAsync(VirtualGroup group, List<VirtualPrepared> parts)
    {
        List<VirtualPrepared> kept =
            parts.FindAll(static each => each.Part.Partition.TryBeginConfirm(each.Part));
        VirtualPrepared[] stored = [.. kept.Where(static each => each.IsStored)];
        var entry = new VirtualEntry(
            group.Id,
            [
                .. stored.SelectMany(static each => each.Part.Staged)
                    .Select(static each => (each.Key, each.Value)),
            ],
            [],
            KeepsOutcome: false)
        {
            Unprepared =
            [
                .. stored.Where(static each => each.MayHaveRow)
                    .Select(static each => each.Part.Partition.Number),
            ],
        };
        if (All.Fault == ClusterFault.AppliesPreparedEarly)
        {
            foreach (VirtualPrepared each in kept)
                each.Part.Partition.Apply(each.Part, null);
        }

        bool isDurable = stored.Length == 0 || await AppendAsync(kept, entry);
        if (isDurable)
        {
            await _latch.EnterAsync();
            foreach (VirtualPrepared each in kept)
                ApplyDecided(group, each);
        }
        else
        {
            foreach (VirtualPrepared each in stored)
                each.Part.Partition.KeepPrepared(each.Part);
        }

        TaskCompletionSource<bool>? confirming = group.Confirming;
        group.Confirming = null;
        Persisted(
            group,
            parts,
            isDurable ? TransactionalStatus.Ok : TransactionalStatus.CommitFailure);
        if (confirming is not null) Wake(confirming, isDurable && kept.Count == parts.Count);
    }

    private void ApplyDecided(VirtualGroup group, VirtualPrepared one)
    {
        if (All.Fault == ClusterFault.AppliesPreparedEarly) return;

        All.CheckDecided(this, group.Id);
        All.Counts.Add(Happening.PartConfirmed);
        if (All.Time.IsTold) All.Time.Tell($"{Name} applies {All.NameOf(group.Id)} in {one.Self}");
        one.Part.Partition.Apply(one.Part, null);
    }

    private async Task ForgetAsync(VirtualGroup group, VirtualPrepared one)
    {
        bool isDurable = !one.MayHaveRow || await AppendAsync(
            [one],
            new VirtualEntry(group.Id, [], [], KeepsOutcome: false)
            {
                Unprepared = [one.Part.Partition.Number],
            });
        Persisted(
            group,
            [one],
            isDurable ? TransactionalStatus.Ok : TransactionalStatus.CommitFailure);
    }

    private void Persisted(
        VirtualGroup group, List<VirtualPrepared> parts, TransactionalStatus failure)
        => Step(group, (voter, effects) => voter.OnPersisted(failure, effects), parts.Contains);

    /// <summary>Writes rows of some partitions; false: they may not be durable.</summary>
    private async Task<bool> AppendAsync(List<VirtualPrepared> parts, VirtualEntry entry)
    {
        var pending = new VirtualPending(entry, 0);
        foreach (VirtualPrepared each in parts.Where(static each => each.IsStored))
        {
            VirtualPartition partition = each.Part.Partition;
            entry.Owners.Add((partition.Number, partition.Holding.Owned.Epoch));
            pending.Parts.Add(partition);
        }

        return Journal.TryAppend(pending, Journal.Generation)
            && await pending.Durable.Task == PendingEnd.Kept;
    }

    /// <summary>Loads what is prepared in a partition; false: it could not be read.</summary>
    private async Task<bool> RestoreAsync(VirtualPartition partition)
    {
        if (All.Fault == ClusterFault.OpensWithoutPrepared) return true;

        StoredPrepared[]? rows = await All.Storage.CallAsync(
            this,
            () => All.Storage.Prepared.Values
                .Where(each => each.Partition == partition.Number).ToArray());
        if (rows is null) return false;

        foreach (StoredPrepared each in rows)
        {
            Stamps.Observe(each.Time);
            partition.Restored.Add(
                new VirtualPrepared(partition.Restore(each), each.Time, each.Manager)
                {
                    MayHaveRow = true,
                    HeardAt = All.Time.Now,
                    Pause = PauseAfter(each.Time),
                });
        }

        return true;
    }

    /// <summary>While its commit may be under way to the manager, it does not ask.</summary>
    private long PauseAfter(long time)
        => All.Fault == ClusterFault.AsksEarly
            ? 0
            : Math.Clamp(
                VirtualPrepared.LongestPause - (Clock.GetUtcNow().UtcTicks - time),
                0,
                VirtualPrepared.LongestPause);

    /// <summary>The partition serves now.</summary>
    private void AskAboutRestored(VirtualPartition partition)
    {
        foreach (VirtualPrepared one in partition.Restored)
        {
            All.Counts.Add(Happening.PartRestored);
            Guid id = one.Part.TransactionId;
            if (!_groups.TryGetValue(id, out VirtualGroup? group))
                _groups[id] = group = new VirtualGroup(id);
            group.Parts.Add(one);
            Step(group, static (voter, _) => voter.OnRestored(), each => each == one);
            All.Grains!.Abort(this, one.Manager, All.NewId("a message that wakes"));
        }
    }

    private void LookAtPrepared()
    {
        foreach (VirtualGroup group in _groups.Values.ToArray())
        {
            Step(
                group,
                (voter, effects) =>
                {
                    if (All.Fault == ClusterFault.DropsPreparedByClock
                        && voter.Phase == VoterPhase.Prepared)
                    {
                        voter.OnCancel(effects);
                    }
                    else
                    {
                        voter.OnSilence(effects);
                    }
                },
                IsOverdue);
        }
    }

    private bool IsOverdue(VirtualPrepared one)
    {
        long pause = one.Voter.Phase switch
        {
            VoterPhase.Prepared => one.Pause,
            VoterPhase.Dropping => VirtualPrepared.DropPause,
            _ => long.MaxValue,
        };
        if (All.Time.Now - one.HeardAt < pause) return false;

        one.HeardAt = All.Time.Now;
        one.Pause = VirtualPrepared.LongestPause;
        return true;
    }
}
