using System.Collections.Concurrent;
using Memento.Commit.Spanning;
using Memento.Diagnostics;
using Memento.Journaling;
using Memento.Messages;
using Memento.Participants;
using Memento.Snapshots;
using Memento.Tables;
using Microsoft.Extensions.Logging;

namespace Memento.Commit;

/// <summary>
/// The commit of a transaction whose participants are in several silos: seal in each, write all
/// rows in one batch of this silo, then apply in each. One message a silo and step.
/// </summary>
/// <remarks>
/// What must hold: the batch is one database transaction, so that the storage keeps all of it or
/// nothing. It has the owner numbers of every partition on disk, also of those that were only read:
/// where one was taken over meanwhile, nothing is kept. No lock is released before the batch is
/// durable.
/// </remarks>
internal sealed partial class SpanningCommit(
    MemberCommits here,
    IMembers members,
    Journal journal,
    ApplyLatch latch,
    TableRegistry tables,
    StoreTracing tracing,
    HybridClock clock,
    TimeProvider time,
    ILogger<SpanningCommit> logger) : IDisposable
{
    /// <summary>
    /// How long a member that does not answer delays the caller, where the storage has the commit.
    /// </summary>
    public static readonly TimeSpan ApplyPatience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long this silo at least knows a commit over ram alone, one of whose members was dead.
    /// </summary>
    public static readonly TimeSpan LeftOutMemory = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan DecisionPause = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentDictionary<Guid, Coordination> _running = new();
    private readonly AgingQueue<Coordination> _leftOut = new(LeftOutMemory, time);
    private readonly OldOutcomes _old = new(time);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Whether this silo coordinates none.</summary>
    public bool IsIdle => _running.IsEmpty;

    /// <summary>How many commits this silo coordinates.</summary>
    public int Count => _running.Count;

    /// <summary>Whether a silo is known, and another one.</summary>
    public bool IsElsewhere(SiloAddress? silo) => silo is not null && !silo.Equals(members.Here);

    /// <summary>Commits a transaction whose commit has begun in this silo.</summary>
    /// <param name="state">The transaction in this silo.</param>
    /// <param name="participants">All participants, by name.</param>
    /// <param name="parts">Those in this silo.</param>
    /// <param name="decision">What the storage keeps with the commit; null: nothing more.</param>
    public async Task<CommitResult> CommitAsync(
        TransactionState state,
        IReadOnlyList<NamedParticipant> participants,
        IReadOnlyList<LocalParticipant> parts,
        KeptDecision? decision = null)
    {
        using StoreActivity activity = tracing.StartCommit(state.Id, participants.Count);
        Dictionary<SiloAddress, List<NamedParticipant>> bySilo;
        try
        {
            bySilo = await LocateAsync(participants, parts).ConfigureAwait(false);
        }
        catch (MementoException error)
        {
            foreach (Participant each in state.Participants)
                each.Abort();
            activity.End(AbortReason.Of(error), error);
            return CommitResult.Failed(error);
        }

        bool isStored = decision is not null
            || participants.Any(each => tables.IsOnDisk(each.Table));
        SpanningDecider decider = isStored
            ? SpanningDecider.Storage
            : SpanningDecider.Members;
        // It has all its locks, and this silo has heard from each that has them since.
        var one = new Coordination(state, bySilo, decider, clock.Next(), decision);
        _running[state.Id] = one;
        Step(one, static (machine, effects) => machine.Begin(effects));
        CommitResult result = await one.Result.ConfigureAwait(false);
        activity.End(
            result.IsCommitted ? AbortReason.None : AbortReason.Of(result.Error), result.Error);
        return result;
    }

    /// <summary>What this silo knows of a transaction that it coordinates.</summary>
    public MemberAnswer Answer(Guid transactionId)
    {
        if (!_running.TryGetValue(transactionId, out Coordination? one))
            return MemberAnswer.Unknown;

        return one.Answer;
    }

    /// <summary>
    /// The commits of this silo that are decided, and that some members may not have applied.
    /// </summary>
    public IEnumerable<Guid> FindCommitted()
        => _running.Values.Where(static each => each.Answer == MemberAnswer.Committed)
            .Select(static each => each.Id);

    /// <summary>
    /// The silos with parts of the commits of this one that are not decided. The storage may have
    /// such a commit already, or get it any time.
    /// </summary>
    public IEnumerable<SiloAddress> FindUndecidedMembers()
        => _running.Values.Where(static each => each.Answer == MemberAnswer.Pending)
            .SelectMany(static each => each.Members)
            .Distinct();

    /// <summary>Ends when the commits are decided that run now.</summary>
    public async Task WhenDecidedAsync()
    {
        foreach (Coordination each in _running.Values)
        {
            while (each.Answer == MemberAnswer.Pending)
                await Task.Delay(DecisionPause).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Ends the telling of members that do not answer. They look for the decision themselves.
    /// </summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>
    /// The participants of each silo. One without operations that is nowhere has no locks either.
    /// </summary>
    private async Task<Dictionary<SiloAddress, List<NamedParticipant>>> LocateAsync(
        IReadOnlyList<NamedParticipant> participants, IReadOnlyList<LocalParticipant> parts)
    {
        var known = parts.Select(static each => (each.Table.Name, each.Number)).ToHashSet();
        var silos = new SiloAddress[participants.Count];
        await Task.WhenAll(Enumerable.Range(0, silos.Length).Select(LocateOneAsync))
            .ConfigureAwait(false);

        var bySilo = new Dictionary<SiloAddress, List<NamedParticipant>>();
        for (int i = 0; i < silos.Length; i++)
        {
            if (!bySilo.TryGetValue(silos[i], out List<NamedParticipant>? list))
                bySilo.Add(silos[i], list = []);
            list.Add(participants[i]);
        }

        return bySilo;

        async Task LocateOneAsync(int index)
        {
            NamedParticipant each = participants[index];
            bool isHere = known.Contains((each.Table, each.Number));
            if (isHere)
                silos[index] = members.Here;
            else if (IsElsewhere(each.Silo))
                silos[index] = each.Silo!;
            else
                silos[index] = await members.FindAsync(each.Table, each.Number);

            if (silos[index].Equals(members.Here) && !isHere && each.Operations > 0)
                throw LocalCommit.WasLost(each);
        }
    }

    /// <summary>
    /// A step that may decide. Inside the latch: what this silo decides while it is closed for a
    /// cut, another one that is not closed yet could apply.
    /// </summary>
    private async Task DecideAsync(
        Coordination one, Action<SpanningCoordinator, List<CoordinatorEffect>> step)
    {
        int place = await latch.EnterAsync().ConfigureAwait(false);
        try
        {
            one.ReplaceClosedStamp(clock);
            Step(one, step);
        }
        finally
        {
            latch.Exit(place);
        }
    }

    private void Step(Coordination one, Action<SpanningCoordinator, List<CoordinatorEffect>> step)
    {
        List<CoordinatorEffect> effects = [];
        try
        {
            lock (one.Gate)
            {
                step(one.Machine, effects);
                if (one.Machine.IsOver) Forget(one);
            }
        }
        catch (Exception exception)
        {
            MemoryLost.Fail(logger, exception, "committing a transaction over several silos");
        }

        foreach (CoordinatorEffect effect in effects)
            Begin(one, effect);
    }

    private void Begin(Coordination one, CoordinatorEffect effect)
    {
        switch (effect)
        {
            case CoordinatorEffect.Seal seal:
                _ = SealAsync(one, seal.Member);
                break;
            case CoordinatorEffect.Append:
                _ = AppendAsync(one);
                break;
            case CoordinatorEffect.Settle settle:
                _ = SettleAsync(one, settle.Member, settle.IsCommitted);
                break;
            case CoordinatorEffect.Complete complete:
                one.Complete(complete.Result);
                break;
        }
    }

    private async Task SealAsync(Coordination one, SiloAddress member)
    {
        var request = new SealRequest
        {
            TransactionId = one.Id,
            Coordinator = members.Here,
            Members = one.Members,
            Decider = one.Decider,
            Participants = one.BySilo[member],
            HoldsReaders = latch.HoldsReaders,
            Stamp = one.Stamp,
        };
        SealAnswer answer;
        bool isLost = false;
        try
        {
            answer = member.Equals(members.Here)
                ? await here.SealAsync(request, one.State, isOwn: true).ConfigureAwait(false)
                : await members.SealAsync(member, request).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            isLost = true;
            answer = SealAnswer.Refused(new TransactionConflictException(
                $"Silo {member} did not answer to the commit: {exception.Message} The transaction "
                + "is run again while attempts and time are left.",
                exception));
        }

        await DecideAsync(one, (machine, effects) =>
        {
            if (answer.Error is { } error)
            {
                machine.OnRefused(member, CommitResult.Failed(error), isLost, effects);
                return;
            }

            if (answer.Rows is { } rows) one.Rows.Add(rows);
            if (answer.Numbers is { } numbers) one.Numbers.AddRange(numbers);
            machine.OnSealed(member, answer.HasChanges, effects, answer.IsHeld);
        }).ConfigureAwait(false);
    }

    /// <summary>
    /// Tells a member the decision, until it has answered or is dead. One that was killed has lost
    /// its ram, and loads its disk tables with the commit in them.
    /// </summary>
    private async Task SettleAsync(Coordination one, SiloAddress member, bool isCommitted)
    {
        var request = new SettleRequest(one.Id, isCommitted) { Stamp = one.Stamp };
        if (member.Equals(members.Here))
        {
            await here.SettleAsync(request).ConfigureAwait(false);
            Step(one, (machine, effects) => machine.OnTold(member, effects));
            return;
        }

        if (isCommitted && one.Decider == SpanningDecider.Storage) one.CompleteAfter(time);
        CancellationToken stopping = _stopping.Token;
        for (TimeSpan pause = BackOff.First; ; pause = BackOff.After(pause))
        {
            MemberAnswer? answer = await TellAsync(member, request).ConfigureAwait(false);
            if (answer == MemberAnswer.Promised || (isCommitted && answer == MemberAnswer.Aborted))
            {
                Step(one, (machine, effects) => machine.OnDisowned(
                    member,
                    CommitResult.Failed(new TransactionInDoubtException(
                        one.Id,
                        new StorageException(
                            $"Silo {member} takes this silo for dead, and decides without it."))),
                    effects));
                return;
            }

            bool isDead = answer is null && members.IsDead(member);
            if (answer is not null || isDead)
            {
                // An abort need not be remembered: not to know it means the same.
                if (isDead && isCommitted) one.HasLeftOut = true;
                Step(one, (machine, effects) => machine.OnTold(member, effects));
                return;
            }

            try
            {
                await Task.Delay(pause, time, stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<MemberAnswer?> TellAsync(SiloAddress member, SettleRequest request)
    {
        try
        {
            return await members.SettleAsync(member, request).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            SpanningLog.NotTold(logger, exception, member, request.TransactionId);
            return null;
        }
    }
}
