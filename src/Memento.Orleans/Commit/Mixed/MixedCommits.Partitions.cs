using Memento.Messages;
using Memento.Participants;
using Orleans.Transactions;

namespace Memento.Commit.Mixed;

/// <content>
/// Partitions of ours as managers, where Orleans' own agent ends a transaction: that of a client
/// without Memento.
/// </content>
internal sealed partial class MixedCommits
{
    /// <summary>
    /// The votes that came before their manager was asked to commit, by the transaction: Orleans'
    /// agent sends everybody's message at once. The lock of the dictionary guards the lists.
    /// </summary>
    private readonly Dictionary<Guid, (long At, List<ManagerMessage> Votes)> _early = [];

    /// <inheritdoc/>
    public async Task<TransactionalStatus> ManageAsync(
        Guid transactionId,
        NamedParticipant self,
        DateTime timeStamp,
        IReadOnlyList<ParticipantId> writers,
        int voters)
    {
        clock.Observe(timeStamp.Ticks);
        ParticipantId[] foreign =
            [.. writers.Where(static each => !OrleansParticipant.IsOurs(each))];
        CommitResult result = foreign.Length > 0 && !decisions.AreKept
            ? Undecidable(transactionId)
            : await commit.CommitAsync(transactionId, state => RunAsync(
                new ManagedTransaction(state, [self], voters, foreign, timeStamp)))
                .ConfigureAwait(false);
        if (result.IsCommitted) return TransactionalStatus.Ok;
        if (result.IsInDoubt) return TransactionalStatus.TMResponseTimeout;

        // Those that were not asked yet, or whose vote is on its way.
        foreach (ParticipantId each in foreign)
        {
            each.CancelAsync(transactionId, timeStamp, TransactionalStatus.CommitFailure)
                .Ignore();
        }

        return result.MayTryAgain
            ? TransactionalStatus.LockValidationFailed
            : TransactionalStatus.CommitFailure;
    }

    private CommitResult Undecidable(Guid transactionId)
    {
        registry.Abort(transactionId);
        MixedLog.Undecidable(logger, transactionId);
        return CommitResult.Failed(new MementoException(
            "A transaction over transactional grains and tables in ram alone cannot be managed by "
            + "a table, because this store has no durable storage for the decision. Call "
            + "AddMemento in the client, so that the grain is the manager."));
    }

    /// <summary>Keeps a vote whose transaction runs here, and is not committing yet.</summary>
    private bool TryKeepEarly(ManagerMessage message)
    {
        if (registry.Find(message.TransactionId) is null) return false;

        lock (_early)
        {
            if (!_early.TryGetValue(message.TransactionId, out var kept))
                _early.Add(message.TransactionId, kept = (time.GetTimestamp(), []));
            kept.Votes.Add(message);
        }

        // The manager may have begun meanwhile.
        if (_running.TryGetValue(message.TransactionId, out ManagedTransaction? one))
            TakeEarly(one);
        return true;
    }

    private void TakeEarly(ManagedTransaction one)
    {
        (long At, List<ManagerMessage> Votes) kept;
        lock (_early)
        {
            if (!_early.Remove(one.Id, out kept)) return;
        }

        foreach (ManagerMessage each in kept.Votes)
            Step(one, (_, effects) => Take(one, each, effects));
    }

    /// <summary>Drops votes whose managers were never asked.</summary>
    private void ForgetEarly()
    {
        lock (_early)
        {
            foreach ((Guid id, (long at, _)) in _early.ToArray())
            {
                if (time.GetElapsedTime(at) > 2 * LongestVote) _early.Remove(id);
            }
        }
    }
}
