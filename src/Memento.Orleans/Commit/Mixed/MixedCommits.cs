using System.Collections.Concurrent;
using Memento.Journaling;
using Memento.Messages;
using Memento.Participants;
using Memento.Storage;
using Memento.TwoPhase;
using Microsoft.Extensions.Logging;
using Orleans.Transactions;

namespace Memento.Commit.Mixed;

/// <summary>
/// Commits transactions over partitions of ours and participants of others, as the manager of
/// Orleans' two-phase commit: the others are prepared, then our own commit decides, and those that
/// have written are told.
/// </summary>
/// <remarks>
/// What must hold: the decision is durable in the batch of our own commit. It is deleted only when
/// each writer has answered. A participant that asks gets "aborted" only when the storage has said
/// that the transaction never commits.
/// </remarks>
internal sealed partial class MixedCommits(
    LocalCommit commit,
    Decisions decisions,
    DurableStorage storage,
    TransactionRegistry registry,
    IMembers members,
    IGrainFactory grains,
    HybridClock clock,
    TimeProvider time,
    ILogger<MixedCommits> logger) : IMixedCommits, IUndecided, IDisposable
{
    /// <summary>How long the others may take to vote; Orleans' own managers wait as long.</summary>
    public static readonly TimeSpan LongestVote = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<Guid, ManagedTransaction> _running = new();

    /// <summary>This silo as a manager, for participants.</summary>
    private ParticipantId? _here;

    /// <summary>How many transactions this silo manages.</summary>
    public int Count => _running.Count;

    private ParticipantId Here => _here ??= new ParticipantId(
        OrleansParticipant.ResourceName,
        (GrainReference)grains.GetGrain<ITransactionManagerGrain>(
            members.Here.ToParsableString()),
        ParticipantId.Role.Manager);

    /// <inheritdoc/>
    public Task<CommitResult> CommitAsync(
        TransactionState state, IReadOnlyList<NamedParticipant> own, ForeignParts foreign)
    {
        clock.Observe(foreign.TimeStamp.Ticks);
        return RunAsync(new ManagedTransaction(
            state,
            own,
            foreign.Resources.Count,
            foreign.Writers,
            new DateTime(clock.Next(), DateTimeKind.Utc))
        {
            Foreign = foreign,
        });
    }

    /// <inheritdoc/>
    public Task<CommitResult> CommitAsync(CommitRequest request)
        => commit.CommitAsync(
            request.TransactionId,
            state => CommitAsync(state, request.Participants, request.Foreign!));

    private Task<CommitResult> RunAsync(ManagedTransaction one)
    {
        _running[one.Id] = one;
        foreach (ForeignResource each in one.Foreign?.Resources ?? [])
            _ = AskForVoteAsync(one, each);
        Step(one, static (machine, effects) => machine.Begin(effects));
        TakeEarly(one);
        if (one.Machine.Phase == ManagerPhase.Voting) _ = EndVotingAsync(one);
        return one.Result;
    }

    /// <inheritdoc/>
    public Task ReceiveAsync(SiloAddress manager, ManagerMessage message)
    {
        // A silo that is not known may have just joined, or was forgotten long ago: the storage
        // knows then. Without a storage, nobody but that silo does.
        bool isGone = members.IsDead(manager)
            || (decisions.AreKept && !members.IsServing(manager));
        return isGone || manager.Equals(members.Here)
            ? ReceiveAsync(message)
            : members.ManageAsync(manager, message);
    }

    /// <summary>
    /// A participant has voted about a transaction of this silo, or of one that has ended, or asks
    /// about it.
    /// </summary>
    /// <exception cref="StorageException">The storage cannot say it now; it asks again.</exception>
    public async Task ReceiveAsync(ManagerMessage message)
    {
        if (_running.TryGetValue(message.TransactionId, out ManagedTransaction? one))
        {
            Step(one, (machine, effects) => Take(one, message, effects));
            return;
        }

        // Its vote against the transaction is all that it has to say, unless it comes early.
        if (message.Vote is not null && TryKeepEarly(message)) return;
        if (message.Vote is not null and not TransactionalStatus.Ok) return;

        // A partition of ours is not prepared: its silo drops it at its time limit.
        if (message.Own is not null) return;

        if (await IsCommittedAsync(message.TransactionId).ConfigureAwait(false))
        {
            await message.Participant.ConfirmAsync(message.TransactionId, message.TimeStamp)
                .ConfigureAwait(false);
            return;
        }

        await message.Participant.CancelAsync(
            message.TransactionId, message.TimeStamp, TransactionalStatus.PresumedAbort)
            .ConfigureAwait(false);
    }

    private static void Take(
        ManagedTransaction one,
        ManagerMessage message,
        List<ManagerEffect<ParticipantId>> effects)
    {
        if (message.Own is { } own && one.Machine.Phase == ManagerPhase.Voting
            && !one.Own.Exists(each => each.Table == own.Table && each.Number == own.Number))
        {
            one.Own.Add(own);
        }

        if (message.Vote is { } vote)
            one.Machine.OnVote(message.Participant, vote, effects);
        else
            one.Machine.OnPing(message.Participant, effects);
    }

    /// <summary>
    /// Whether a transaction that no silo runs is committed. If it is not by now, it never will be.
    /// </summary>
    private async Task<bool> IsCommittedAsync(Guid id)
    {
        if (!decisions.AreKept) return registry.FindOutcome(id) == TransactionOutcome.Committed;

        // In this order: the outcome may be forgotten, while the decision stands.
        foreach (StandingDecision each in await decisions.LoadAsync().ConfigureAwait(false))
        {
            if (each.TransactionId == id) return true;
        }

        return await storage.Journal!.DecideAsync(id, CancellationToken.None)
            .ConfigureAwait(false) == TransactionOutcome.Committed;
    }

    private async Task AskForVoteAsync(ManagedTransaction one, ForeignResource resource)
    {
        TransactionalStatus vote;
        try
        {
            if (resource.Count.Writes > 0)
            {
                // Its vote comes by a message.
                await resource.PrepareAsync(one.Id, one.TimeStamp, Here).ConfigureAwait(false);
                return;
            }

            vote = await resource.EndReadsAsync(one.Id, one.TimeStamp).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            MixedLog.NotAsked(logger, exception, resource.Id, one.Id);
            vote = TransactionalStatus.ParticipantResponseTimeout;
        }

        Step(one, (machine, effects) => machine.OnVote(resource.Id, vote, effects));
    }

    private async Task EndVotingAsync(ManagedTransaction one)
    {
        TimeSpan patience = one.State.Remaining < LongestVote ? one.State.Remaining : LongestVote;
        if (patience < TimeSpan.Zero) patience = TimeSpan.Zero;
        try
        {
            await one.Voted.WaitAsync(patience, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Step(one, static (machine, effects) => machine.OnSilence(effects));
        }
    }

    private void Step(
        ManagedTransaction one,
        Action<Manager<ParticipantId>, List<ManagerEffect<ParticipantId>>> step)
    {
        List<ManagerEffect<ParticipantId>> effects = [];
        lock (one.Gate)
        {
            step(one.Machine, effects);
            if (one.Machine.Phase != ManagerPhase.Voting) one.EndVoting();
        }

        foreach (ManagerEffect<ParticipantId> effect in effects)
            Begin(one, effect);
        if (one.Machine.Phase == ManagerPhase.Committed && one.Writers.Length == 0)
            _running.TryRemove(new(one.Id, one));
    }

    private void Begin(ManagedTransaction one, ManagerEffect<ParticipantId> effect)
    {
        switch (effect)
        {
            case ManagerEffect<ParticipantId>.Commit:
                _ = CommitOwnAsync(one);
                break;
            case ManagerEffect<ParticipantId>.Drop:
                foreach (Participant each in one.State.Participants)
                    each.Abort();
                break;
            case ManagerEffect<ParticipantId>.Confirm confirm:
                _ = ConfirmAsync(one, confirm.Writer);
                break;
            case ManagerEffect<ParticipantId>.Cancel cancel:
                cancel.Writer.CancelAsync(one.Id, one.TimeStamp, cancel.Status).Ignore();
                break;
            case ManagerEffect<ParticipantId>.Forget:
                if (one.Decision is not null) decisions.AddDone(one.Id);
                _running.TryRemove(new(one.Id, one));
                break;
            case ManagerEffect<ParticipantId>.Complete complete:
                if (one.Machine.Phase == ManagerPhase.Aborted)
                {
                    one.Foreign?.Abort(one.Id);
                    _running.TryRemove(new(one.Id, one));
                }

                one.Complete(one.OwnResult ?? ResultOf(complete.Status));
                break;
        }
    }

    private async Task CommitOwnAsync(ManagedTransaction one)
    {
        CommitResult result;
        try
        {
            if (one.Writers.Length > 0 && decisions.AreKept)
            {
                one.Decision = await decisions.MakeAsync(one.Id, one.TimeStamp, one.Writers)
                    .ConfigureAwait(false);
            }

            result = await commit.CommitBegunAsync(one.State, one.Own, one.Decision)
                .ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            foreach (Participant each in one.State.Participants)
                each.Abort();
            result = CommitResult.Failed(exception as MementoException ?? new StorageException(
                $"Silo {members.Here} could not commit its part of the transaction: "
                + exception.Message,
                exception));
        }

        one.OwnResult = result;
        Step(one, (machine, effects) =>
        {
            if (result.IsInDoubt)
                machine.OnInDoubt(effects);
            else
                machine.OnDecided(result.IsCommitted, effects);
        });
    }

    /// <summary>
    /// Tells a writer that the transaction is committed, until it has answered. Where this silo
    /// ends before, another one goes on, from the storage.
    /// </summary>
    private async Task ConfirmAsync(ManagedTransaction one, ParticipantId writer)
    {
        if (await ConfirmAsync(one.Id, one.TimeStamp, writer, one.Forgotten)
            .ConfigureAwait(false))
        {
            Step(one, (machine, effects) => machine.OnConfirmed(writer, effects));
        }
    }

    private static CommitResult ResultOf(TransactionalStatus status) => status switch
    {
        TransactionalStatus.Ok => CommitResult.Committed,
        TransactionalStatus.PrepareTimeout or TransactionalStatus.ParticipantResponseTimeout
            => CommitResult.TryAgain(
                "A transactional grain of the transaction did not vote in time."),
        _ => CommitResult.TryAgain(
            $"A transactional grain of the transaction voted against it ({status})."),
    };
}
