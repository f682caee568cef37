using Memento.Messages;
using Memento.Participants;
using Memento.Tests.Clusters.Simulation.Grains;
using Memento.TwoPhase;
using Orleans.Transactions;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>What the storage keeps with a commit that grains wait for.</summary>
internal sealed record VirtualKeptDecision(StoredDecision Decision, List<Guid> Done);

/// <summary>A transaction with states of grains that a silo manages.</summary>
internal sealed class VirtualManaged(
    VirtualState state, List<VirtualParticipant> own, VirtualForeign foreign, long time)
{
    public Guid Id => State.Id;

    public VirtualState State { get; } = state;

    public List<VirtualParticipant> Own { get; } = own;

    public VirtualForeign Foreign { get; } = foreign;

    public long Time { get; } = time;

    public List<Party> Writers { get; } = [.. foreign.Writers];

    public Manager<Party> Machine { get; } = new(foreign.Resources.Count, foreign.Writers);

    public CommitResult? OwnResult { get; set; }

    public VirtualKeptDecision? Decision { get; set; }

    public TaskCompletionSource<CommitResult> Result { get; } = new();
}

/// <summary>The decisions that stand, in an answer of the storage.</summary>
internal sealed record StandingDecisions(List<StoredDecision> All);

/// <content>
/// The manager of transactions with states of grains, by the steps of
/// <see cref="Memento.Commit.Mixed.MixedCommits"/> and
/// <see cref="Memento.Commit.Mixed.Decisions"/>.
/// </content>
internal sealed partial class VirtualSilo
{
    // A fortieth of the store's own.
    private static readonly long LongestVote = VirtualTime.Milliseconds(500);
    private static readonly long LookInterval = VirtualTime.Milliseconds(25);
    private static readonly long SearchInterval = VirtualTime.Milliseconds(750);
    private const double LongestConfirmPause = 250;
    private const int MostDone = 64;

    private readonly Dictionary<Guid, VirtualManaged> _managed = [];
    private readonly Queue<Guid> _done = new();
    private readonly HashSet<Guid> _adopted = [];
    private HybridClock? _stamps;

    private HybridClock Stamps => _stamps ??= new HybridClock(Clock);

    /// <summary>A participant votes or asks. It is sent on to the silo that manages.</summary>
    public async Task ReceiveAsync(SiloAddress manager, VirtualVote message)
    {
        bool isGone = IsDead(manager) || !_view.ContainsKey(manager);
        if (isGone || manager.Equals(Here))
        {
            await ReceiveAsync(message);
            return;
        }

        All.Network.SendOnce(manager, there => All.Time.Go(() => there.ReceiveAsync(message)));
    }

    private async Task ReceiveAsync(VirtualVote message)
    {
        if (_managed.TryGetValue(message.Id, out VirtualManaged? one))
        {
            Step(one, (machine, effects) =>
            {
                if (message.Vote is { } vote)
                    machine.OnVote(message.Voter, vote, effects);
                else
                    machine.OnPing(message.Voter, effects);
            });
            return;
        }

        if (message.Vote is not null and not TransactionalStatus.Ok) return;
        if (await IsCommittedAsync(message.Id) is not { } isCommitted) return;

        All.Counts.Add(Happening.DecidedForGrain);
        if (isCommitted)
        {
            await All.Grains!.ConfirmAsync(this, message.Voter, message.Id, message.Time);
            return;
        }

        await All.Grains!.CancelAsync(
            this,
            message.Voter,
            message.Id,
            message.Time,
            TransactionalStatus.PresumedAbort);
    }

    /// <summary>
    /// Whether a transaction that no silo runs is committed; null: it cannot be said now. If it is
    /// not by now, it never will be.
    /// </summary>
    private async Task<bool?> IsCommittedAsync(Guid id)
    {
        if (All.Fault == ClusterFault.PresumesAbort) return false;
        if (await LoadDecisionsAsync() is not { } standing) return null;
        if (standing.All.Exists(each => each.Id == id)) return true;
        return await All.Storage.CallAsync(this, () => All.Storage.Decide(id)) as bool?;
    }

    private Task<StandingDecisions?> LoadDecisionsAsync()
        => All.Storage.CallAsync(
            this, () => new StandingDecisions([.. All.Storage.Decisions.Values]));

    private Task<CommitResult> ManageAsync(
        VirtualState state, List<VirtualParticipant> own, VirtualForeign foreign)
    {
        Stamps.Observe(foreign.Time);
        var one = new VirtualManaged(state, own, foreign, Stamps.Next());
        _managed[one.Id] = one;
        foreach (CountedParty each in foreign.Resources)
            All.Time.Go(() => AskForVoteAsync(one, each));
        Step(one, static (machine, effects) => machine.Begin(effects));
        Post(LongestVote, () => Step(one, static (machine, effects) => machine.OnSilence(effects)));
        return one.Result.Task;
    }

    private async Task AskForVoteAsync(VirtualManaged one, CountedParty resource)
    {
        if (resource.Count.Writes > 0)
        {
            All.Grains!.Prepare(
                this,
                resource.Party,
                new PrepareCall(one.Id, resource.Count, one.Time, Party.Of(Here)));
            return;
        }

        StatusAnswer? answer = await All.Grains!.CallAsync(
            this,
            resource.Party.Number,
            VirtualGrain.ResponseTimeout,
            there => there.EndReadsAsync(one.Id, resource.Count, one.Time));
        TransactionalStatus vote =
            answer?.Status ?? TransactionalStatus.ParticipantResponseTimeout;
        Step(one, (machine, effects) => machine.OnVote(resource.Party, vote, effects));
    }

    private void Step(
        VirtualManaged one, Action<Manager<Party>, List<ManagerEffect<Party>>> step)
    {
        List<ManagerEffect<Party>> effects = [];
        step(one.Machine, effects);
        foreach (ManagerEffect<Party> effect in effects)
            Begin(one, effect);
        if (one.Machine.Phase == ManagerPhase.Committed && one.Writers.Count == 0)
            _managed.Remove(one.Id);
    }

    private void Begin(VirtualManaged one, ManagerEffect<Party> effect)
    {
        switch (effect)
        {
            case ManagerEffect<Party>.Commit:
                Post(0, () => All.Time.Go(() => CommitOwnAsync(one)));
                break;
            case ManagerEffect<Party>.Drop:
                AbortAll(one.State);
                break;
            case ManagerEffect<Party>.Confirm confirm:
                Post(0, () => All.Time.Go(() => ConfirmAsync(one, confirm.Writer)));
                break;
            case ManagerEffect<Party>.Cancel cancel:
                All.Time.Go(() => All.Grains!.CancelAsync(
                    this, cancel.Writer, one.Id, one.Time, cancel.Status));
                break;
            case ManagerEffect<Party>.Forget:
                if (one.Decision is not null) _done.Enqueue(one.Id);
                _managed.Remove(one.Id);
                break;
            case ManagerEffect<Party>.Complete complete:
                if (one.Machine.Phase == ManagerPhase.Aborted)
                {
                    foreach (CountedParty each in one.Foreign.Resources)
                        All.Grains!.Abort(this, each.Party, one.Id);
                    _managed.Remove(one.Id);
                }

                Wake(
                    one.Result,
                    one.OwnResult ?? (complete.Status == TransactionalStatus.Ok
                        ? CommitResult.Committed
                        : Again));
                break;
        }
    }

    private async Task CommitOwnAsync(VirtualManaged one)
    {
        if (one.Writers.Count > 0)
        {
            one.Decision = new VirtualKeptDecision(
                new StoredDecision(one.Id, one.Time, Here, one.Writers), TakeDone(MostDone));
        }

        if (All.Fault == ClusterFault.TellsGrainsEarly)
        {
            foreach (Party each in one.Writers)
                All.Time.Go(() => All.Grains!.ConfirmAsync(this, each, one.Id, one.Time));
        }

        CommitResult result = await CommitBegunAsync(one.State, one.Own, one.Decision);
        one.OwnResult = result;
        if (All.Time.IsTold)
            All.Time.Tell($"{Name} has decided {All.NameOf(one.Id)}: {result.Outcome}");
        Step(one, (machine, effects) =>
        {
            if (result.IsInDoubt)
                machine.OnInDoubt(effects);
            else
                machine.OnDecided(result.IsCommitted, effects);
        });
    }

    private async Task ConfirmAsync(VirtualManaged one, Party writer)
    {
        await ConfirmAsync(one.Id, one.Time, writer);
        Step(one, (machine, effects) => machine.OnConfirmed(writer, effects));
    }

    /// <summary>Tells one until it has answered. Other silos go on where this one ends.</summary>
    private async Task ConfirmAsync(Guid id, long time, Party writer)
    {
        for (double pause = 1; ; pause = Math.Min(pause * 2, LongestConfirmPause))
        {
            if (await All.Grains!.ConfirmAsync(this, writer, id, time)) break;
            await DelayAsync(VirtualTime.Milliseconds(pause));
        }

        if (All.Fault == ClusterFault.ForgetsDecisionEarly) _done.Enqueue(id);
    }

    private List<Guid> TakeDone(int most)
    {
        List<Guid> taken = [];
        while (taken.Count < most && _done.TryDequeue(out Guid id))
            taken.Add(id);
        return taken;
    }

    private async Task LookAlwaysAsync()
    {
        long? searched = null;
        SiloAddress[] dead = [];
        while (true)
        {
            await DelayAsync(LookInterval);
            LookAtPrepared();
            await SettleDoubtsAsync();
            await DeleteDoneAsync();
            SiloAddress[] deadNow = Dead;
            if (deadNow.Length == dead.Length && searched is { } last
                && All.Time.Now - last < SearchInterval)
            {
                continue;
            }

            dead = deadNow;
            await AdoptAsync();
            searched = All.Time.Now;
        }
    }

    private async Task SettleDoubtsAsync()
    {
        foreach (VirtualManaged one in _managed.Values
            .Where(static each => each.Machine.Phase == ManagerPhase.InDoubt).ToArray())
        {
            object? answer = await All.Storage.CallAsync(
                this, () => All.Storage.Decide(one.Id));
            if (answer is not bool kept) continue;
            All.Counts.Add(Happening.DoubtSettled);
            Step(one, (machine, effects) => machine.OnDecided(kept, effects));
        }
    }

    private async Task DeleteDoneAsync()
    {
        List<Guid> done = TakeDone(int.MaxValue);
        if (done.Count == 0) return;

        var entry = new VirtualEntry(All.NewId("a deletion"), [], [], KeepsOutcome: false)
        {
            Done = done,
        };
        var pending = new VirtualPending(entry, 0);
        if (Journal.TryAppend(pending, Journal.Generation)) await pending.Durable.Task;
    }

    /// <summary>Goes on with the decisions of silos that have ended.</summary>
    private async Task AdoptAsync()
    {
        if (await LoadDecisionsAsync() is not { } standing) return;
        foreach (StoredDecision each in standing.All)
        {
            bool isServed = !each.Silo.Equals(Here) && _view.ContainsKey(each.Silo)
                && !IsDead(each.Silo);
            if (_managed.ContainsKey(each.Id) || isServed || !_adopted.Add(each.Id)) continue;
            All.Counts.Add(Happening.DecisionAdopted);
            All.Time.Go(() => TellAllAsync(each));
        }
    }

    private async Task TellAllAsync(StoredDecision decision)
    {
        await Task.WhenAll(decision.Writers.Select(
            each => ConfirmAsync(decision.Id, decision.Time, each)));
        _adopted.Remove(decision.Id);
        _done.Enqueue(decision.Id);
    }
}
