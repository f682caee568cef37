using System.Runtime.CompilerServices;
using Memento.Commit;
using Memento.Locks;
using Memento.Messages;
using Memento.Participants;
using Memento.Tables;
using Orleans.Serialization;
using Orleans.Transactions;

namespace Memento.Transactions;

/// <summary>
/// Finds the transaction that is running here: the transaction of a body in this process, through
/// our or Orleans' ambient transaction, or the transaction of a <c>[Transaction]</c> grain call,
/// which Memento then joins.
/// </summary>
internal sealed class CurrentTransaction(
    TransactionRegistry registry,
    ICommitter committer,
    MementoTransactionAgent agent,
    AmbientTransaction ambient,
    TransactionTools tools,
    PartitionGrains grains,
    IGrainContextAccessor context,
    Serializer<OrleansTransactionAbortedException> errors,
    TimeProvider time)
{
    // Each grain call has its own TransactionInfo, which records its operations.
    private readonly ConditionalWeakTable<TransactionInfo, TransactionScope> _joined = [];

    public ITransaction? Find()
    {
        TransactionInfo? info = TransactionContext.GetTransactionInfo();
        if (info is null || OrleansRecord.HasEnded(info))
        {
            // What a body does that was given up is refused, and not a transaction of its own.
            TransactionState? state = info is null ? ambient.Running : null;
            return (state ?? ambient.GivenUp)?.Outermost?.Innermost;
        }

        if (registry.Find(info.TransactionId) is { IsJoined: false } own)
            return own.Outermost?.Innermost;

        return IsOfThisStore(info) ? _joined.GetValue(info, Join) : null;
    }

    /// <summary>
    /// A transaction is joined if a grain call brought it, or if it began through the agent of this
    /// store. A transaction of another store in this process (a client beside a silo, a second
    /// silo) is not joined: its store would not commit our part.
    /// </summary>
    private bool IsOfThisStore(TransactionInfo info)
        => context.GrainContext is not null || agent.HasStarted(info);

    private TransactionScope Join(TransactionInfo info)
    {
        TransactionState state = registry.Join(info.TransactionId, () => new TransactionState(
            info.TransactionId,
            new TransactionAge(info.Priority.Ticks, info.TransactionId),
            time.GetTimestamp() + (long)(TransactionLimits.JoinedTimeout.TotalSeconds
                * time.TimestampFrequency),
            committer.Generation,
            tools.Partitions,
            time)
        {
            IsJoined = true,
        });

        if (SavepointContext.FindOpen(info.TransactionId) is { } open)
            state.UseSavepoints().Learn(open);
        state.Await(KeptContext.FindAwaited(info.TransactionId));

        // If a nested body calls a grain, its savepoint is around the writes of the grain.
        long[] around = SavepointContext.Find(info.TransactionId);
        return new TransactionScope(
            state,
            tools,
            new ParticipantLog(info, state, grains, errors, tools.Partitions.Clock),
            around.Length == 0 ? null : state.UseSavepoints().Find(around))
        {
            Attempt = AttemptContext.Find(info.TransactionId),
            LearnsEnd = agent.HasStarted(info),
        };
    }

    /// <summary>Writes participants into the transaction that the grain call gives back.</summary>
    private sealed class ParticipantLog(
        TransactionInfo info,
        TransactionState state,
        PartitionGrains grains,
        Serializer<OrleansTransactionAbortedException> errors,
        HybridClock clock)
        : IParticipantLog
    {
        public bool IsReadOnly => info.IsReadOnly;

        public bool LocksForWriting => info.UseExclusiveLock;

        public void Enlist(TableDefinition table, int number)
        {
            lock (state)
                info.Participants.TryAdd(ParticipantOf(table, number), default);
        }

        public void Record(TableDefinition table, int number, bool writes)
        {
            ParticipantId participant = ParticipantOf(table, number);
            lock (state)
            {
                if (writes)
                    info.RecordWrite(participant, info.TimeStamp);
                else
                    info.RecordRead(participant, info.TimeStamp);
            }
        }

        public void Learn()
        {
            // Orleans keeps the latest time of all calls, as it does for its own states.
            var now = new DateTime(clock.Now, DateTimeKind.Utc);
            lock (state)
            {
                if (info.TimeStamp < now) info.TimeStamp = now;
            }
        }

        public int CountForeignWrites()
        {
            lock (state)
                return OrleansParticipant.CountForeignWrites(info);
        }

        public void Fail(Exception reason)
        {
            lock (state)
                info.RecordException(reason, errors);
        }

        private ParticipantId ParticipantOf(TableDefinition table, int number)
            => OrleansParticipant.Of(grains.Of(table, number));
    }
}
