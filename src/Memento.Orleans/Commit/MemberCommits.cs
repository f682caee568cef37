using System.Collections.Concurrent;
using Memento.Commit.Spanning;
using Memento.Invariants;
using Memento.Journaling;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Snapshots;
using Memento.Storage;
using Microsoft.Extensions.Logging;

namespace Memento.Commit;

/// <summary>
/// Carries out what the commits over several silos need of this silo: seals its partitions, applies
/// or drops what was decided, and finds out the decision where nobody tells it.
/// </summary>
internal sealed partial class MemberCommits(
    OneAppendCommit commit,
    ApplyLatch latch,
    PartitionDirectory partitions,
    TransactionRegistry registry,
    DurableStorage storage,
    IMembers members,
    HybridClock clock,
    TimeProvider time,
    ILogger<MemberCommits> logger) : ISilentCommits
{
    /// <summary>After this time without a word, a member asks the coordinator.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// After this time without an answer of the coordinator, a member asks the storage.
    /// </summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Guid, SealedTransaction> _sealed = new();

    /// <summary>Whether nothing is sealed here.</summary>
    public bool IsIdle => _sealed.IsEmpty;

    /// <summary>Transactions that are sealed here, and wait for a decision elsewhere.</summary>
    public int Count => _sealed.Count;

    /// <summary>Seals the partitions of a transaction of another process.</summary>
    public async Task<SealAnswer> SealAsync(SealRequest request)
    {
        // Before any lock is released: what depends on the release has a higher stamp.
        clock.Observe(request.Stamp);
        TransactionState? state = registry.Find(request.TransactionId);
        if (state is null && request.Participants.All(static each => each.Operations == 0)
            && registry.Remember(request.TransactionId, TransactionOutcome.Aborted))
        {
            // Its operations here were given up before they were sent, and cannot come any more.
            return new SealAnswer();
        }

        if (state is null || !state.TryBeginCommit())
        {
            return SealAnswer.Refused(state?.Doom ?? new TransactionConflictException(
                $"Silo {members.Here} does not know transaction {request.TransactionId} any more: "
                + "it ran out of time, or its partitions were moved."));
        }

        return await SealAsync(request, state, isOwn: false).ConfigureAwait(false);
    }

    /// <summary>Seals the partitions of a transaction whose commit has begun here.</summary>
    /// <param name="request">What to seal.</param>
    /// <param name="state">The transaction.</param>
    /// <param name="isOwn">Whether the caller ends it in the registry.</param>
    public async Task<SealAnswer> SealAsync(
        SealRequest request, TransactionState state, bool isOwn)
    {
        if (FindAll(request, state, out List<LocalParticipant> parts) is { } error)
        {
            foreach (Participant each in state.Participants)
                each.Abort();
            if (!isOwn) registry.Remove(state, TransactionOutcome.Aborted);
            return SealAnswer.Refused(error);
        }

        if (OneAppendCommit.Seal(parts) is { } lost)
        {
            if (!isOwn) registry.Remove(state, TransactionOutcome.Aborted);
            return SealAnswer.Refused(lost.Error!);
        }

        var one = new SealedTransaction(request, state, parts, isOwn, time.GetTimestamp());
        Invariant.Holds(_sealed.TryAdd(request.TransactionId, one), "a silo seals once");
        JournalEntry? entry = null;
        MementoException? failure = null;
        try
        {
            entry = EntryMaker.Make(request.TransactionId, parts, keepsOutcome: true);
            long position = parts.Select(
                static each => each.Partition.PositionBelow(each.Transaction))
                .DefaultIfEmpty().Max();
            failure = await commit.ConfirmReadsAsync(
                request.TransactionId, position, state.Generation).ConfigureAwait(false)
                ?? OneAppendCommit.Unheld(parts);
        }
        catch (Exception exception)
        {
            if (exception is BrokenInvariantException)
                MemoryLost.Fail(logger, exception, "sealing a transaction over several silos");
            failure = exception as MementoException ?? new StorageException(
                $"Silo {members.Here} could not seal its part of the transaction: "
                + exception.Message,
                exception);
        }

        bool hasChanges = parts.Exists(static each => each.Transaction.Staged.HasChanges);
        bool isHeld = !hasChanges && (request.HoldsReaders || latch.HoldsReaders);
        bool isSealed = Step(one, (member, effects) =>
        {
            if (failure is null) return member.OnDurable(hasChanges || isHeld, effects);
            member.OnLost(effects);
            return false;
        });
        if (!isSealed)
        {
            return SealAnswer.Refused(failure ?? new TransactionConflictException(
                $"Transaction {request.TransactionId} was dropped in silo {members.Here} while it "
                + "was sealed."));
        }

        return new SealAnswer
        {
            HasChanges = hasChanges,
            IsHeld = isHeld,
            Rows = SealedRows.Of(entry!),
            Numbers = hasChanges ? OneAppendCommit.NumbersOf(parts) : null,
        };
    }

    /// <summary>A decision has come. Answers what is true here after it.</summary>
    public async ValueTask<MemberAnswer> SettleAsync(SettleRequest request)
    {
        int place = await latch.EnterAsync().ConfigureAwait(false);
        try
        {
            return Settle(request);
        }
        finally
        {
            latch.Exit(place);
        }
    }

    /// <inheritdoc cref="SettleAsync"/>
    /// <remarks>The caller is inside the latch, or has closed it.</remarks>
    public MemberAnswer Settle(SettleRequest request)
    {
        clock.Observe(request.Stamp);
        if (request is { IsCommitted: true, ByMembers: true }) RememberAlone(request.TransactionId);
        if (_sealed.TryGetValue(request.TransactionId, out SealedTransaction? one))
        {
            return Step(one, (member, effects) =>
                member.OnSettle(request.IsCommitted, request.ByMembers, effects));
        }

        // It has ended here, or has never come here: then it must not begin any more.
        if (!request.IsCommitted) registry.Abort(request.TransactionId);
        return Remembered(request.TransactionId);
    }

    /// <summary>Another member asks, because the coordinator is dead.</summary>
    public MemberAnswer AskedByMember(Guid transactionId)
    {
        if (_sealed.TryGetValue(transactionId, out SealedTransaction? one))
            return Step(one, static (member, effects) => member.OnAskedByMember(effects));

        // A seal that is still under way is refused from now on.
        registry.Abort(transactionId);
        return Remembered(transactionId);
    }

    /// <summary>What is known of a transaction that is not sealed here.</summary>
    private MemberAnswer Remembered(Guid transactionId)
        => registry.FindOutcome(transactionId) switch
        {
            TransactionOutcome.Committed => MemberAnswer.Committed,
            TransactionOutcome.Aborted => MemberAnswer.Aborted,
            _ => MemberAnswer.Unknown,
        };

    /// <summary>
    /// The participants of a request, in this silo. Those that the caller does not know are
    /// dropped: they hold locks.
    /// </summary>
    private MementoException? FindAll(
        SealRequest request, TransactionState state, out List<LocalParticipant> parts)
    {
        parts = [];
        if (state.Doom is { } doom) return doom;

        foreach (NamedParticipant each in request.Participants)
        {
            PartitionTransaction? found =
                partitions.Find(each.Table, each.Number)?.Find(state.Id);
            if (found is not null)
                parts.Add(LocalParticipant.Of(found, each));
            else if (each.Operations > 0)
                return LocalCommit.WasLost(each);
        }

        var named = request.Participants
            .Select(static each => (each.Table, each.Number)).ToHashSet();
        foreach (Participant each in state.Participants)
        {
            if (each is LocalParticipant && !named.Contains((each.Table.Name, each.Number)))
                each.Abort();
        }

        return null;
    }

    /// <summary>A step of the machine, and what it wants done in this silo.</summary>
    private TResult Step<TResult>(
        SealedTransaction one, Func<SpanningMember, List<MemberEffect>, TResult> step)
    {
        List<MemberEffect> effects = [];
        TResult result;
        try
        {
            lock (one.Gate)
            {
                result = step(one.Member, effects);

                // Under the gate: who asks next must find it done.
                foreach (MemberEffect effect in effects)
                    CarryOut(one, effect);
            }
        }
        catch (Exception exception)
        {
            MemoryLost.Fail(logger, exception, "ending a transaction over several silos");
            throw;
        }

        return result;
    }

    private void CarryOut(SealedTransaction one, MemberEffect effect)
    {
        if (effect > MemberEffect.Release) return;

        if (effect == MemberEffect.Abort)
        {
            OneAppendCommit.AbortAll(one.Parts);
        }
        else
        {
            commit.ApplyAtOnce(one.Parts);
            OneAppendCommit.ShowNumbers(one.Parts);
        }

        // The registry remembers the outcome before it is forgotten here. What changed nothing says
        // nothing about the outcome.
        if (!one.IsOwn)
        {
            registry.Remove(
                one.State,
                effect == MemberEffect.Apply
                    ? TransactionOutcome.Committed
                    : TransactionOutcome.Aborted);
        }

        _sealed.TryRemove(new(one.Request.TransactionId, one));
    }
}
