using System.Runtime.CompilerServices;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Storage;
using Memento.TwoPhase;
using Orleans.Transactions;

namespace Memento.Commit.Prepared;

/// <content>
/// Transactions that come prepared from the storage, and the questions to their managers.
/// </content>
internal sealed partial class PreparedTransactions
{
    /// <summary>How long a silo that stops waits for decisions about partitions in ram.</summary>
    public static readonly TimeSpan LongestLeave = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LeavePause = TimeSpan.FromMilliseconds(10);

    // What was read from the storage for partitions that do not serve yet.
    private readonly ConditionalWeakTable<Partition, List<PreparedPart>> _restored = [];

    // How many are just being asked to prepare.
    private int _preparing;
    private volatile bool _isLeaving;

    /// <summary>
    /// Adds a transaction that is prepared in the storage to a partition that is being opened.
    /// </summary>
    /// <exception cref="Exception">The row cannot be read.</exception>
    public void Restore(Partition partition, StoredRow row)
    {
        PreparedRow read = PreparedRow.Read(partition, row);
        var header = new TransactionHeader(read.Id, read.Age, time.GetTimestamp());
        if (partition.Restore(header, read.Writes) is not { } transaction)
        {
            throw new InvalidDataException(
                "Another transaction that is prepared there has written the same records.");
        }

        var manager = new ParticipantId(
            read.ManagerName,
            (GrainReference)grains.GetGrain(read.Manager),
            ParticipantId.Role.Manager);
        var part = new PreparedPart(
            transaction,
            read.TimeStamp,
            OrleansParticipant.Of(grains.GetGrain<IIndexGrain>(
                IndexGrainKey.Of(partition.Table.Name, partition.Number))),
            manager)
        {
            MayHaveRow = true,
            HeardAt = time.GetTimestamp(),
            Pause = PauseAfter(read.TimeStamp),
        };
        clock.Observe(read.TimeStamp.Ticks);
        _restored.GetOrCreateValue(partition).Add(part);
    }

    /// <summary>Whether this silo stops, so that nothing more is prepared in ram.</summary>
    public bool IsLeaving => _isLeaving;

    /// <summary>
    /// Whether a partition in ram has a transaction that is prepared, or about to be: it cannot go
    /// to another silo before the decision. That comes as a message to its grain.
    /// </summary>
    public bool HoldsInRam(Partition partition)
        => partition.Table.Storage == TableStorage.Ram
            && _groups.Values.Any(group => HoldsInRam(group, partition));

    /// <summary>
    /// This silo stops: nothing more is prepared in ram, and what is prepared is waited for, but
    /// not forever. Before the grains of this silo end: then they take no decisions any more.
    /// </summary>
    public async Task LeaveRamAsync(CancellationToken cancellationToken)
    {
        _isLeaving = true;
        long began = time.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested
            && time.GetElapsedTime(began) < LongestLeave
            && (Volatile.Read(ref _preparing) > 0
                || _groups.Values.Any(static group => HoldsInRam(group, partition: null))))
        {
            await Task.Delay(LeavePause, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Wakes the managers of the transactions that were restored in a partition, which serves now:
    /// those that have committed tell it. It is too early to ask them: see <see cref="Voter"/>.
    /// </summary>
    public void Begin(Partition partition)
    {
        if (!_restored.TryGetValue(partition, out List<PreparedPart>? parts)) return;

        _restored.Remove(partition);
        foreach (PreparedPart part in parts)
        {
            PreparedGroup group;
            lock (_gate)
            {
                group = _groups.GetOrAdd(
                    part.Transaction.TransactionId, static id => new PreparedGroup(id));
                lock (group.Gate)
                    group.Parts.Add(part);
            }

            Step(group, static (voter, _) => voter.OnRestored(), each => each == part);
            part.Manager!.Value.WakeAsync().Ignore();
        }
    }

    /// <inheritdoc/>
    public void Look()
    {
        long now = time.GetTimestamp();
        foreach (PreparedGroup group in _groups.Values)
        {
            try
            {
                Step(
                    group,
                    static (voter, effects) => voter.OnSilence(effects),
                    part => IsOverdue(part, now));
            }
            catch (Exception exception)
            {
                // The next look tries it again: the locks stay until the decision is known.
                PreparedLog.LookFailed(logger, exception, group.Id);
            }
        }
    }

    private static bool HoldsInRam(PreparedGroup group, Partition? partition)
    {
        lock (group.Gate)
        {
            return group.Parts.Exists(each => !each.IsStored
                && (partition is null || each.Partition == partition)
                && each.Transaction.Phase != TransactionPhase.Ended);
        }
    }

    /// <summary>
    /// How long a transaction that was restored waits before it asks: not while its commit may be
    /// under way to the manager.
    /// </summary>
    private TimeSpan PauseAfter(DateTime timeStamp)
    {
        TimeSpan left = _pause - (time.GetUtcNow().UtcDateTime - timeStamp);
        return left > _pause ? _pause : left;
    }

    private bool IsOverdue(PreparedPart part, long now)
    {
        TimeSpan? pause = part.Voter.Phase switch
        {
            VoterPhase.Prepared => part.Pause,
            VoterPhase.Dropping => PreparedPart.DropPause,
            _ => null,
        };
        if (pause is null || time.GetElapsedTime(part.HeardAt, now) < pause) return false;

        part.HeardAt = now;
        part.Pause = _pause;
        return true;
    }
}
