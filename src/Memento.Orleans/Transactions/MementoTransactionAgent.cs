using System.Runtime.CompilerServices;
using Memento.Commit;
using Memento.Diagnostics;
using Memento.Messages;
using Memento.Participants;
using Memento.Storage;
using Memento.Tables;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using Orleans.Transactions;

namespace Memento.Transactions;

/// <summary>
/// Our transaction agent around Orleans' own. It starts transactions with their own time limit and
/// age, commits transactions in which partitions of ours take part, and leaves those without to
/// Orleans.
/// </summary>
internal sealed class MementoTransactionAgent(
    ITransactionAgent inner,
    TransactionRegistry registry,
    ICommitter committer,
    HybridClock clock,
    TableRegistry tables,
    PartitionGrains grains,
    StoreMetrics metrics,
    Serializer<TransactionInfo> serializer,
    ILogger<MementoTransactionAgent> logger) : ITransactionAgent
{
    private readonly AsyncLocal<TransactionStart?> _starting = new();
    private readonly ConditionalWeakTable<TransactionInfo, object> _startedForOthers = [];

    /// <summary>Sets how the next transaction in this flow starts.</summary>
    public void StartNextWith(TransactionStart start) => _starting.Value = start;

    /// <summary>
    /// Whether the application began the transaction here, through Orleans and not through Memento.
    /// </summary>
    public bool HasStarted(TransactionInfo info) => _startedForOthers.TryGetValue(info, out _);

    public async Task<TransactionInfo> StartTransaction(bool readOnly, TimeSpan timeout)
    {
        TransactionStart? start = _starting.Value;
        if (start is null or { IsTaken: true })
        {
            TransactionInfo other = await inner.StartTransaction(readOnly, timeout);
            _startedForOthers.Add(other, this);
            return other;
        }

        start.IsTaken = true;
        if (start.Info is { } known) return known;

        TransactionInfo info = await inner.StartTransaction(readOnly, start.Remaining);
        info.Priority = new DateTime(start.StartTicks, DateTimeKind.Utc);
        return info;
    }

    /// <summary>Makes Orleans' record of a transaction that has begun without Orleans.</summary>
    public OrleansRecord Introduce(TransactionState state)
    {
        Task<TransactionInfo> started = inner.StartTransaction(readOnly: false, state.Remaining);
        if (!started.IsCompleted)
            throw new MementoException(
                "Orleans' transaction agent waits before it starts a transaction.");

        return new OrleansRecord(WithId(started.GetAwaiter().GetResult(), state.Id));
    }

    public async Task<(TransactionalStatus Status, Exception? exception)> Resolve(
        TransactionInfo transactionInfo)
    {
        if (IsBranch(transactionInfo)) return (TransactionalStatus.Ok, null);

        TransactionState? state = Find(transactionInfo);
        (TransactionalStatus status, Exception? error) = await ResolveAsync(state, transactionInfo);

        // The runner runs those of its own transactions, over all attempts.
        if (state is { IsJoined: true, Callbacks: { } callbacks })
        {
            await callbacks.RunAsync(
                status == TransactionalStatus.Ok ? TransactionOutcome.Committed
                    : status == TransactionalStatus.TMResponseTimeout ? null
                    : TransactionOutcome.Aborted,
                logger);
        }

        return (status, error);
    }

    private async Task<(TransactionalStatus Status, Exception? Error)> ResolveAsync(
        TransactionState? state, TransactionInfo transactionInfo)
    {
        if (!IsOurs(state, transactionInfo))
        {
            if (state is { IsJoined: false } && !state.TryBeginCommit())
            {
                await inner.Abort(transactionInfo);
                CommitResult refused = CommitResult.Failed(state.Doom ?? state.TimedOut());
                state.Result = refused;
                return (TransactionalStatus.BrokenLock, refused.Error);
            }

            if (state is { IsJoined: true }) registry.TryAbort(state);
            return await inner.Resolve(transactionInfo);
        }

        // It has the clocks of the processes in which its grain calls have used tables.
        clock.Observe(transactionInfo.TimeStamp.Ticks);
        CommitResult result = OrleansParticipant.Foreign(transactionInfo) is not { } foreign
            ? await committer.CommitAsync(
                transactionInfo.TransactionId, state, transactionInfo.Participants)
            : IsManagedByUs(state, transactionInfo, foreign)
                ? await committer.CommitMixedAsync(
                    transactionInfo.TransactionId, state, transactionInfo.Participants, foreign)
                : await CommitByOrleansAsync(state, transactionInfo);
        if (state is not null)
        {
            state.Result = result;
            registry.Remove(state, result.Outcome);
        }

        if (HasStarted(transactionInfo)) Count(result);
        return (result switch
        {
            { IsCommitted: true } => TransactionalStatus.Ok,
            { MayTryAgain: true } => TransactionalStatus.BrokenLock,
            { IsInDoubt: true } => TransactionalStatus.TMResponseTimeout,
            _ => TransactionalStatus.CommitFailure,
        }, result.Error);
    }

    public async Task Abort(TransactionInfo transactionInfo)
    {
        if (IsBranch(transactionInfo)) return;

        TransactionState? state = registry.Find(transactionInfo.TransactionId);
        if (HasStarted(transactionInfo) && IsOurs(state, transactionInfo))
            metrics.Aborted(AbortReason.Error);
        AbortOurs(state, transactionInfo);
        if (transactionInfo.Participants.Count > 0) await inner.Abort(transactionInfo);
        if (state is { IsJoined: true, Callbacks: { } callbacks })
            await callbacks.RunAsync(TransactionOutcome.Aborted, logger);
    }

    /// <summary>
    /// Transactions of the runner are not counted here: the runner counts them, over all attempts.
    /// </summary>
    private void Count(CommitResult result)
    {
        if (result.IsCommitted)
            metrics.Committed();
        else
            metrics.Aborted(AbortReason.Of(result.Error));
    }

    /// <summary>
    /// Whether it has used tables, or nothing at all; Orleans ends any other alone, and it is not
    /// counted.
    /// </summary>
    private static bool IsOurs(TransactionState? state, TransactionInfo info)
        => state is { HasParticipants: true }
            || info.Participants.Keys.Any(OrleansParticipant.IsOurs)
            || (state is not null && info.Participants.Count == 0);

    /// <summary>
    /// The state of a transaction in this process. That of a body that has just ended, too, which
    /// its time limit may have ended from outside: it must not be committed without its tables.
    /// </summary>
    private TransactionState? Find(TransactionInfo info)
        => _starting.Value is { State: { } own } && own.Id == info.TransactionId
            ? own
            : registry.Find(info.TransactionId);

    /// <summary>Whether it is a branch; its transaction ends elsewhere.</summary>
    private bool IsBranch(TransactionInfo info)
        => _starting.Value is { IsBranch: true } start && ReferenceEquals(start.Info, info);

    /// <summary>
    /// The same transaction with another id. The constructors set an id or a time limit, and
    /// Orleans' own states need both. So it is serialized, and the bytes of the id are replaced.
    /// </summary>
    private TransactionInfo WithId(TransactionInfo info, Guid id)
    {
        byte[] packed = serializer.SerializeToArray(info);
        int place = packed.AsSpan().IndexOf(info.TransactionId.ToByteArray());
        if (place < 0 || !id.TryWriteBytes(packed.AsSpan(place)))
        {
            throw new MementoException(
                $"Transaction {id} cannot take part in Orleans' transactions: this version of "
                + "Orleans does not write a transaction's id as the 16 bytes that Memento "
                + "expects.");
        }

        return serializer.Deserialize(packed)!;
    }

    /// <summary>
    /// Whether a silo of ours is the manager: our commit is the decision then, and our partitions
    /// need not be prepared. One of the others is, where it has to be, or where nothing of ours is
    /// durable: it keeps the decision with what it writes anyway.
    /// </summary>
    private bool IsManagedByUs(TransactionState? state, TransactionInfo info, ForeignParts foreign)
    {
        bool hasWriters = false;
        foreach (ForeignResource each in foreign.Resources)
        {
            if (each.Id.IsPriorityManager()) return false;
            hasWriters |= each.Count.Writes > 0;
        }

        return !hasWriters || state is { HasDisk: true }
            || info.Participants.Keys.Any(each => OrleansParticipant.IsOurs(each)
                && tables.IsOnDisk(OrleansParticipant.Parse(each).Table));
    }

    /// <summary>Commits by Orleans' own agent; one of the others is the manager.</summary>
    private async Task<CommitResult> CommitByOrleansAsync(
        TransactionState? state, TransactionInfo info)
    {
        if (state is not null)
        {
            // What was kept back cannot leave with the commit.
            state.BeginGrainCall();
            await state.WhenKeptArrivedAsync();
            if (state.Doom is not null || (!state.IsJoined && !state.TryBeginCommit()))
            {
                AbortOurs(state, info);
                await inner.Abort(info);
                return CommitResult.Failed(state.Doom ?? state.TimedOut());
            }
        }

        OrleansParticipant.AddAll(state, info, grains);
        (TransactionalStatus status, Exception? error) = await inner.Resolve(info);
        if (status == TransactionalStatus.Ok) return CommitResult.CommittedAt(clock.Now);
        if (!status.DefinitelyAborted())
        {
            return CommitResult.Failed(new TransactionInDoubtException(
                info.TransactionId,
                error ?? new MementoException(
                    $"The transactional grain that decides it has answered {status}.")));
        }

        // Those that are prepared are told by the manager.
        foreach (ParticipantId each in info.Participants.Keys.Where(OrleansParticipant.IsOurs))
        {
            AbortMessage.Send(
                each.Reference.AsReference<IIndexGrain>(), info.TransactionId, metrics);
        }

        return CommitResult.TryAgain(
            $"A transactional grain of the transaction voted against it ({status}).");
    }

    private void AbortOurs(TransactionState? state, TransactionInfo info)
    {
        committer.Abort(info.TransactionId, state, info.Participants);
        if (state is not null) registry.TryAbort(state);

        ParticipantId[] ours = [.. info.Participants.Keys.Where(OrleansParticipant.IsOurs)];
        foreach (ParticipantId participant in ours)
            info.Participants.Remove(participant);
    }
}
