using System.Collections.Concurrent;
using Memento.Journaling;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Snapshots;
using Memento.Storage;
using Memento.TwoPhase;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Commit.Prepared;

/// <summary>
/// Carries out Orleans' two-phase commit for the partitions of this silo, where a transactional
/// grain of the application is the manager.
/// </summary>
/// <remarks>
/// What must hold: see <see cref="Voter"/>. What is confirmed is durable first, and then all
/// partitions of this silo apply it together, so that no snapshot of this silo has half of it.
/// </remarks>
internal sealed partial class PreparedTransactions(
    OneAppendCommit commit,
    Journal journal,
    ApplyLatch latch,
    HybridClock clock,
    TransactionRegistry registry,
    IPreparedTables tables,
    IMembers members,
    IGrainFactory grains,
    IOptions<TransactionalStateOptions> options,
    TimeProvider time,
    ILogger<PreparedTransactions> logger) : IWaitingVoters
{
    /// <summary>
    /// How long a prepared transaction waits for the decision before it asks: as long as Orleans'
    /// own participants, longer than a message lives. A manager that is asked before the message
    /// that begins the commit has come says that there is none, and commits when it comes: this
    /// partition would be left out.
    /// </summary>
    private readonly TimeSpan _pause = options.Value.RemoteTransactionPingFrequency;

    private readonly ConcurrentDictionary<Guid, PreparedGroup> _groups = new();

    // Guards that a transaction has one group.
    private readonly Lock _gate = new();

    /// <summary>How many transactions others decide.</summary>
    public int Count => _groups.Count;

    /// <summary>
    /// Asks for the vote of a partition. The vote goes to the manager; nothing is waited for.
    /// </summary>
    /// <param name="id">The transaction.</param>
    /// <param name="partition">The partition; null: it is not here.</param>
    /// <param name="count">The operations that the caller knows.</param>
    /// <param name="timeStamp">The time by which the manager knows it.</param>
    /// <param name="self">The partition, as the manager knows it.</param>
    /// <param name="manager">The manager.</param>
    public void Prepare(
        Guid id,
        Partition? partition,
        AccessCounter count,
        DateTime timeStamp,
        ParticipantId self,
        ParticipantId manager)
    {
        Interlocked.Increment(ref _preparing);
        PreparedGroup? group;
        try
        {
            if (FindToPrepare(id, partition, out group) is { } transaction)
            {
                var part = new PreparedPart(transaction, timeStamp, self, manager)
                {
                    Pause = _pause,
                };
                Prepare(group!, part, count);
                return;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _preparing);
        }

        // A second message about one that is prepared says nothing new.
        if (group is null)
            manager.VoteAsync(id, timeStamp, self, VoteOfUnknown(id, count)).Ignore();
    }

    /// <summary>
    /// Ends a transaction that has only read, everywhere, in a partition. Returns its vote.
    /// </summary>
    public async Task<TransactionalStatus> EndReadsAsync(
        Guid id, Partition? partition, AccessCounter count, DateTime timeStamp)
    {
        clock.Observe(timeStamp.Ticks);
        if (FindToPrepare(id, partition, out PreparedGroup? group) is not { } transaction)
            return VoteOfUnknown(id, count);

        var part = new PreparedPart(transaction, timeStamp, self: default, manager: null)
        {
            Pause = _pause,
        };
        Prepare(group!, part, count);
        return await part.Vote.ConfigureAwait(false);
    }

    /// <summary>
    /// The manager has committed a transaction. Ends when that is durable and applied in all
    /// partitions of this silo; also where it was so before.
    /// </summary>
    /// <exception cref="StorageException">
    /// It is not durable; the transaction stays prepared, and the manager has to say it again.
    /// </exception>
    public async Task ConfirmAsync(Guid id, Partition? partition)
    {
        if (!_groups.TryGetValue(id, out PreparedGroup? group)) return;

        Task confirming;
        lock (group.Gate)
        {
            // Those that have left with their partitions are told where they are now.
            group.Parts.RemoveAll(static each => each.Voter.Phase == VoterPhase.Prepared
                && each.Transaction.Phase == TransactionPhase.Ended);

            // It was confirmed before, with another partition.
            if (group.Find(partition) is not { Voter.Phase: < VoterPhase.Dropping }) return;

            group.Confirming ??= new TaskCompletionSource(
                TaskCreationOptions.RunContinuationsAsynchronously);
            confirming = group.Confirming.Task;
        }

        Step(group, static (voter, effects) => voter.OnConfirm(effects));
        await confirming.ConfigureAwait(false);
    }

    /// <summary>The manager has aborted a transaction.</summary>
    public void Cancel(Guid id, Partition? partition)
    {
        if (_groups.TryGetValue(id, out PreparedGroup? group))
            Step(group, static (voter, effects) => voter.OnCancel(effects));
        DropOpen(id, partition);
    }

    /// <summary>
    /// The manager has decided a transaction: see <see cref="ConfirmAsync"/> and
    /// <see cref="Cancel"/>.
    /// </summary>
    public Task EndAsync(Guid id, Partition? partition, bool isCommitted)
    {
        if (isCommitted) return ConfirmAsync(id, partition);

        Cancel(id, partition);
        return Task.CompletedTask;
    }

    /// <summary>
    /// The caller has given a transaction up, before a manager was asked to commit it.
    /// </summary>
    public void Abort(Guid id, Partition? partition)
    {
        if (_groups.TryGetValue(id, out PreparedGroup? group))
            Step(group, static (voter, effects) => voter.OnAbort(effects));
        DropOpen(id, partition);
    }

    /// <summary>
    /// The transaction in a partition that is asked to prepare, and its group; null: it is not
    /// here, or was asked before, and then it has a group.
    /// </summary>
    private PartitionTransaction? FindToPrepare(
        Guid id, Partition? partition, out PreparedGroup? group)
    {
        lock (_gate)
        {
            // Without its state, other partitions of it have come here prepared.
            if (!_groups.TryGetValue(id, out group) || group.State is null)
            {
                // One of this process was sealed by its own agent.
                if (registry.Find(id) is not { } state
                    || !(state.IsJoined
                        ? state.TryBeginCommit()
                        : state.Phase == TransactionPhase.Sealed))
                {
                    return null;
                }

                group ??= _groups[id] = new PreparedGroup(id);
                group.State = state;
            }
        }

        lock (group.Gate)
        {
            if (group.Find(partition) is not null) return null;
            if (partition?.Find(id) is { Phase: TransactionPhase.Running } found) return found;
        }

        group = null;
        return null;
    }

    /// <summary>
    /// The vote of a partition that does not know the transaction: it was lost, has moved or has
    /// dropped it. One in which no operation was carried out has nothing to say, and nothing of it
    /// can begin any more.
    /// </summary>
    private TransactionalStatus VoteOfUnknown(Guid id, AccessCounter count)
        => OrleansParticipant.Operations(count) == 0
            && (registry.Find(id) is { Phase: not TransactionPhase.Running }
                || registry.Remember(id, TransactionOutcome.Aborted))
                ? TransactionalStatus.Ok
                : TransactionalStatus.LockValidationFailed;

    private void Prepare(PreparedGroup group, PreparedPart part, AccessCounter count)
    {
        TransactionalStatus validity = Seal(group, part, count);
        bool writes = part.Transaction.Staged.HasChanges;
        part.HeardAt = time.GetTimestamp();
        lock (group.Gate)
            group.Parts.Add(part);
        Step(
            group,
            (voter, effects) => voter.OnPrepare(validity, writes, effects),
            each => each == part);
    }

    private TransactionalStatus Seal(PreparedGroup group, PreparedPart part, AccessCounter count)
    {
        // The body has caught the error of one of its calls.
        if (group.State?.Doom is not null) return TransactionalStatus.BrokenLock;

        bool writes = part.Transaction.Staged.HasChanges;
        if (_isLeaving && writes && !part.IsStored) return TransactionalStatus.BrokenLock;

        // A manager tells its decision only to those that have written by its count.
        if ((writes && (count.Writes == 0 || part.Manager is null))
            || !part.Partition.TrySeal(part.Transaction, OrleansParticipant.Operations(count)))
        {
            return TransactionalStatus.LockValidationFailed;
        }

        return OneAppendCommit.Unheld([new LocalParticipant(part.Transaction)]) is null
            ? TransactionalStatus.Ok
            : TransactionalStatus.BrokenLock;
    }

    /// <summary>Drops what was not asked to prepare.</summary>
    private void DropOpen(Guid id, Partition? partition)
    {
        registry.Abort(id);

        // Where its commit has begun in this silo, the registry leaves it alone.
        if (partition?.Find(id) is { } open) partition.Abort(open);
        if (_groups.TryGetValue(id, out PreparedGroup? group)) Finish(group);
    }

    /// <summary>A step of the machines of a group, and what they want done.</summary>
    private void Step(
        PreparedGroup group,
        Action<Voter, List<VoterEffect>> step,
        Predicate<PreparedPart>? chosen = null)
    {
        List<PreparedPart> committing = [];
        lock (group.Gate)
        {
            List<VoterEffect> effects = [];
            foreach (PreparedPart part in group.Parts.ToArray())
            {
                if (chosen is not null && !chosen(part)) continue;

                step(part.Voter, effects);
                foreach (VoterEffect effect in effects)
                    Begin(group, part, effect, committing);
                effects.Clear();
            }
        }

        // Together, in one batch.
        if (committing.Count > 0) _ = Task.Run(() => CommitAsync(group, committing));
        Finish(group);
    }

    private void Begin(
        PreparedGroup group, PreparedPart part, VoterEffect effect, List<PreparedPart> committing)
    {
        switch (effect)
        {
            case VoterEffect.Persist:
                _ = Task.Run(() => PersistAsync(group, part));
                break;
            case VoterEffect.Vote:
                part.TellVote(part.Voter.Vote);
                part.Manager?.VoteAsync(group.Id, part.TimeStamp, part.Self, part.Voter.Vote)
                    .Ignore();
                break;
            case VoterEffect.Commit:
                committing.Add(part);
                break;
            case VoterEffect.Apply or VoterEffect.Release:
                // The writes of all were applied before.
                if (effect == VoterEffect.Release) part.Partition.Commit(part.Transaction);
                group.IsCommitted = true;
                break;
            case VoterEffect.Forget:
                _ = Task.Run(() => ForgetAsync(group, part));
                break;
            case VoterEffect.Drop:
                part.Partition.Abort(part.Transaction, evenIfSealed: true);
                break;
            case VoterEffect.Ping:
                part.Manager!.Value.PingAsync(group.Id, part.TimeStamp, part.Self).Ignore();
                break;
        }
    }

    /// <summary>
    /// Forgets what has ended. The transaction has ended in this silo when all its partitions here
    /// have.
    /// </summary>
    private void Finish(PreparedGroup group)
    {
        lock (_gate)
        {
            lock (group.Gate)
            {
                group.Parts.RemoveAll(static each => each.Voter.Phase == VoterPhase.Ended
                    || each.Transaction.Phase == TransactionPhase.Ended);
                if (group.Parts.Count > 0 || !group.HasEnded) return;
            }

            _groups.TryRemove(new(group.Id, group));
        }

        if (group.State is { IsJoined: true } state)
        {
            registry.Remove(
                state,
                group.IsCommitted ? TransactionOutcome.Committed : TransactionOutcome.Aborted);
        }
    }
}

/// <summary>The log messages of transactions that others decide.</summary>
internal static partial class PreparedLog
{
    [LoggerMessage(
        EventId = 1225,
        Level = LogLevel.Warning,
        Message = "Transaction {TransactionId}, which a transactional grain decides, could not be "
            + "written; it is tried again")]
    public static partial void NotWritten(ILogger logger, Exception exception, Guid transactionId);

    [LoggerMessage(
        EventId = 1228,
        Level = LogLevel.Warning,
        Message = "An operator has decided transaction {TransactionId}: {Decision}. Its manager "
            + "{Manager} may know better")]
    public static partial void ByHand(
        ILogger logger, Guid transactionId, TransactionDecision decision, ParticipantId? manager);

    [LoggerMessage(
        EventId = 1226,
        Level = LogLevel.Error,
        Message = "Asking for the decision about transaction {TransactionId} failed; it is asked "
            + "for again")]
    public static partial void LookFailed(ILogger logger, Exception exception, Guid transactionId);
}
