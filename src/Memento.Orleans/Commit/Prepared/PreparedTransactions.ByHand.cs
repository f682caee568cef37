using Memento.Participants;
using Memento.TwoPhase;

namespace Memento.Commit.Prepared;

/// <content>What an operator sees of these transactions, and may decide.</content>
internal sealed partial class PreparedTransactions : IUndecided
{
    /// <inheritdoc/>
    public IEnumerable<UndecidedTransaction> Describe()
    {
        List<UndecidedTransaction> all = [];
        foreach (PreparedGroup group in _groups.Values)
        {
            lock (group.Gate)
            {
                PreparedPart[] parts = [.. group.Parts.Where(IsPrepared)];
                if (parts.Length == 0) continue;

                all.Add(new UndecidedTransaction
                {
                    Id = group.Id,
                    Silo = members.Here.ToString(),
                    State = UndecidedState.Prepared,
                    Since = new DateTimeOffset(parts[0].TimeStamp.Ticks, TimeSpan.Zero),
                    Partitions =
                    [
                        .. parts.Select(static each =>
                            $"{each.Partition.Table.Name}/{each.Partition.Number}"),
                    ],
                    WaitsFor =
                    [
                        .. parts.Select(static each => each.Manager)
                            .OfType<Orleans.Transactions.ParticipantId>()
                            .Select(static each => each.Reference.GrainId.ToString())
                            .Distinct(),
                    ],
                });
            }
        }

        return all;
    }

    /// <inheritdoc/>
    public async Task<bool> DecideAsync(Guid id, TransactionDecision decision)
    {
        if (decision == TransactionDecision.Forget
            || !_groups.TryGetValue(id, out PreparedGroup? group))
        {
            return false;
        }

        PreparedPart? part;
        lock (group.Gate)
            part = group.Parts.Find(IsPrepared);
        if (part is null) return false;

        PreparedLog.ByHand(logger, id, decision, part.Manager);
        await EndAsync(id, part.Partition, decision == TransactionDecision.Commit)
            .ConfigureAwait(false);
        return true;
    }

    private static bool IsPrepared(PreparedPart part) => part.Voter.Phase == VoterPhase.Prepared;
}
