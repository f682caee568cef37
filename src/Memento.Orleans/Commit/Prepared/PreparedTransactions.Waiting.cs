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
    // What was read from the storage for partitions that do not serve yet.
    private readonly ConditionalWeakTable<Partition, List<PreparedPart>> _restored = [];

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
        };
        clock.Observe(read.TimeStamp.Ticks);
        _restored.GetOrCreateValue(partition).Add(part);
    }

    /// <summary>
    /// Asks the managers of the transactions that were restored in a partition, which serves now.
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

            Step(
                group, static (voter, effects) => voter.OnRestored(effects), each => each == part);
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

    private bool IsOverdue(PreparedPart part, long now)
    {
        if (part.Voter.Phase is not (VoterPhase.Prepared or VoterPhase.Dropping)
            || time.GetElapsedTime(part.HeardAt, now) < part.Pause)
        {
            return false;
        }

        part.HeardAt = now;
        part.Pause = part.Pause * 2 < PreparedPart.LongestPause
            ? part.Pause * 2
            : PreparedPart.LongestPause;
        return true;
    }
}
