using System.Collections.Concurrent;
using Memento.Messages;
using Memento.Partitions;
using Memento.Storage;

namespace Memento.Transactions.Commit;

/// <summary>Commits, in a silo, what callers in other processes ask it to.</summary>
internal sealed class LocalCommit(
    OneAppendCommit commit,
    PartitionDirectory partitions,
    TransactionRegistry registry,
    IGrainFactory grains,
    ILocalSiloDetails silo,
    DurableStorage storage)
{
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _underWay = new();

    public int Generation => commit.Generation;

    /// <summary>Whether this silo has any of the participants in memory.</summary>
    public bool HasAny(IReadOnlyList<ParticipantCount> participants)
        => participants.Any(each => partitions.Find(each.Table, each.Number) is not null);

    /// <summary>
    /// Waits until all that an aborted transaction has read is durable; false where it was taken back.
    /// </summary>
    public ValueTask<bool> ConfirmReadsAsync(TransactionState state)
        => commit.ConfirmReadsAsync(state.DependsOn(), state.Generation);

    /// <summary>Commits a transaction whose body runs in this silo.</summary>
    public ValueTask<CommitResult> CommitOwnAsync(
        TransactionState state, IReadOnlyList<CommitPart> parts)
        => commit.CommitAsync(state.Id, parts, state.Generation, keepsOutcome: false);

    /// <summary>Commits a transaction whose body runs elsewhere, by its participants' names.</summary>
    public async Task<CommitResult> CommitAsync(
        Guid transactionId, IReadOnlyList<ParticipantCount> participants)
    {
        TransactionState? state = registry.Find(transactionId);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Under way before it begins, so that who asks for the outcome finds one or the other.
        if (!_underWay.TryAdd(transactionId, done))
            return CommitResult.TryAgain("The transaction is being committed already.");

        try
        {
            if (state is null || !state.TryBeginCommit(out _))
            {
                return CommitResult.TryAgain(
                    "The silo does not know the transaction any more: it ran out of time, or the silo "
                    + "was restarted.");
            }

            CommitResult result = await CommitBegunAsync(state, participants);
            registry.Remove(state, result.Outcome);
            return result;
        }
        finally
        {
            _underWay.TryRemove(transactionId, out _);
            done.SetResult();
        }
    }

    /// <summary>Says how a transaction ended; one that has not committed by now never will.</summary>
    /// <exception cref="StorageException">The storage cannot say.</exception>
    public async Task<TransactionOutcome> DecideAsync(Guid transactionId)
    {
        if (_underWay.TryGetValue(transactionId, out TaskCompletionSource? done)) await done.Task;

        if (registry.Find(transactionId) is { } running)
        {
            running.Abort();
            registry.Remove(running, TransactionOutcome.Aborted);
        }

        if (registry.FindOutcome(transactionId) is { } known) return known;

        TransactionOutcome outcome = storage.Journal is null
            ? TransactionOutcome.Aborted
            : await storage.Journal.DecideAsync(transactionId, CancellationToken.None);
        return registry.Remember(transactionId, outcome);
    }

    /// <summary>Commits a transaction whose commit has begun, by its participants' names.</summary>
    public async Task<CommitResult> CommitBegunAsync(
        TransactionState state, IReadOnlyList<ParticipantCount> participants)
    {
        if (state.Doom is { } doom)
        {
            // Its body swallowed the error that one of its calls got.
            foreach (Enlistment enlistment in state.End())
                enlistment.Abort();
            return doom is TransactionConflictException
                ? new CommitResult(CommitStatus.TryAgain, doom)
                : CommitResult.Failed(doom);
        }

        var parts = new List<CommitPart>(participants.Count);
        ParticipantCount? lost = null;
        foreach (ParticipantCount each in participants)
        {
            PartitionTransaction? found =
                partitions.Find(each.Table, each.Number)?.Find(state.Id);
            if (found is not null)
                parts.Add(new CommitPart(found, each.Operations));
            else if (each.Operations > 0)
                lost = each;
        }

        // What the caller never heard of holds nothing that it relies on, but it holds locks.
        foreach (Enlistment enlistment in state.End())
        {
            if (lost is not null || !participants.Any(each => Names(each, enlistment)))
                enlistment.Abort();
        }

        if (lost is null)
        {
            return await commit.CommitAsync(
                state.Id, parts, state.Generation, keepsOutcome: state.IsJoined);
        }

        return await WhyLostAsync(state.Id, lost);
    }

    private async Task<CommitResult> WhyLostAsync(Guid transactionId, ParticipantCount lost)
    {
        IIndexGrain grain = grains.GetGrain<IIndexGrain>(IndexGrainKey.Of(lost.Table, lost.Number));
        OpenResponse opened = await grain.OpenAsync();
        if (opened.Silo is { } elsewhere && !elsewhere.Equals(silo.SiloAddress))
        {
            return CommitResult.Failed(new MementoException(
                $"Transaction {transactionId} used partitions in several silos, among them partition "
                + $"{lost.Number} of table '{lost.Table}' in {elsewhere}, and one commit over several "
                + "silos is not supported yet. Nothing was kept. Use one silo."));
        }

        return CommitResult.TryAgain(
            $"Partition {lost.Number} of table '{lost.Table}' was lost or moved while the transaction "
            + "ran.");
    }

    private static bool Names(ParticipantCount participant, Enlistment enlistment)
        => participant.Number == enlistment.Number && participant.Table == enlistment.Table.Name;
}
