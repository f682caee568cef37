using System.Collections.Concurrent;
using Memento.Journaling;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Storage;
using Microsoft.Extensions.Logging;

namespace Memento.Commit;

/// <summary>Commits, in a silo, what callers in other processes ask it to.</summary>
internal sealed class LocalCommit(
    OneAppendCommit commit,
    PartitionDirectory partitions,
    TransactionRegistry registry,
    IGrainFactory grains,
    ILocalSiloDetails silo,
    DurableStorage storage)
{
    // Their outcome stays unknown to this silo: only callers that lost their answer ask, and they
    // are few.
    private readonly ConcurrentDictionary<Guid, TransactionInDoubtException> _inDoubt = new();

    public int Generation => commit.Generation;

    /// <summary>Whether this silo has any of the participants in memory.</summary>
    public bool HasAny(IReadOnlyList<ParticipantCount> participants)
        => participants.Any(each => partitions.Find(each.Table, each.Number) is not null);

    /// <summary>
    /// Waits until all that an aborted transaction has read here is durable; gives the reason where
    /// that cannot be said.
    /// </summary>
    public ValueTask<MementoException?> ConfirmReadsAsync(TransactionState state)
        => commit.ConfirmReadsAsync(state.Id, state.DependsOn(), state.Generation);

    /// <summary>
    /// Aborts a transaction whose body runs elsewhere, by its participants' names, and waits until
    /// all that it has read here is durable.
    /// </summary>
    public async Task<AbortResponse> AbortAsync(
        Guid transactionId, IReadOnlyList<ParticipantCount> participants)
    {
        TransactionState? state = registry.Find(transactionId);
        ParticipantCount? lost = null;
        List<ParticipantCount> elsewhere = [];
        foreach (ParticipantCount each in participants)
        {
            PartitionTransaction? found =
                partitions.Find(each.Table, each.Number)?.Find(transactionId);
            if (found is null && !ReferenceEquals(each, participants[0]))
                elsewhere.Add(each);
            else if ((found?.Operations ?? 0) < each.Operations)
                lost = each;
        }

        registry.Abort(transactionId);
        if (lost is not null) return new AbortResponse(WasLost(lost), elsewhere);
        return new AbortResponse(state is null ? null : await ConfirmReadsAsync(state), elsewhere);
    }

    /// <summary>Commits a transaction whose body runs in this silo.</summary>
    public ValueTask<CommitResult> CommitOwnAsync(
        TransactionState state, IReadOnlyList<CommitPart> parts)
        => commit.CommitAsync(state.Id, parts, state.Generation, keepsOutcome: false);

    /// <summary>
    /// Commits a transaction whose body runs elsewhere, by its participants' names.
    /// </summary>
    public async Task<CommitResult> CommitAsync(
        Guid transactionId, IReadOnlyList<ParticipantCount> participants)
    {
        TransactionState? state = registry.Find(transactionId);
        if (state is null || !state.TryBeginCommit(out _))
        {
            await registry.WhenEndedAsync(transactionId);
            if (_inDoubt.TryGetValue(transactionId, out TransactionInDoubtException? unknown))
                return CommitResult.Failed(unknown);
            return registry.FindOutcome(transactionId) == TransactionOutcome.Committed
                ? CommitResult.Committed
                : CommitResult.TryAgain(
                    "The silo does not know the transaction any more: it ran out of time, or the "
                    + "silo was restarted.");
        }

        var outcome = TransactionOutcome.Aborted;
        try
        {
            CommitResult result = await CommitBegunAsync(state, participants);
            if (result.Error is TransactionInDoubtException doubt)
                _inDoubt.TryAdd(transactionId, doubt);
            outcome = result.Outcome;
            return result;
        }
        finally
        {
            registry.Remove(state, outcome);
        }
    }

    /// <summary>
    /// Says how a transaction ended; one that has not committed by now never will.
    /// </summary>
    /// <exception cref="StorageException">The storage cannot say.</exception>
    /// <exception cref="TransactionInDoubtException">The commit itself ended in doubt.</exception>
    public async Task<TransactionOutcome> DecideAsync(Guid transactionId)
    {
        while (true)
        {
            if (registry.Find(transactionId) is { } running && !registry.TryAbort(running))
                await registry.WhenEndedAsync(transactionId);
            if (_inDoubt.TryGetValue(transactionId, out TransactionInDoubtException? doubt))
                throw doubt;
            if (registry.FindOutcome(transactionId) is { } known) return known;

            TransactionOutcome outcome = storage.Journal is null
                ? TransactionOutcome.Aborted
                : await storage.Journal.DecideAsync(transactionId, CancellationToken.None);

            // Otherwise a message that was under way has let it begin here: that one is asked
            // again.
            if (registry.Remember(transactionId, outcome)) return outcome;
        }
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
        var named = participants.Select(static each => (each.Table, each.Number)).ToHashSet();
        foreach (Enlistment enlistment in state.End())
        {
            if (lost is not null || !named.Contains((enlistment.Table.Name, enlistment.Number)))
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
        OpenResponse opened;
        try
        {
            opened = await grain.OpenAsync();
        }
        catch (Exception exception)
        {
            // Only the words depend on the answer: nothing of the transaction was kept either way.
            return new CommitResult(
                CommitStatus.TryAgain,
                new TransactionConflictException(
                    $"{WasLost(lost).Message} It cannot be opened: {exception.Message}",
                    exception));
        }

        if (opened.Silo is { } elsewhere && !elsewhere.Equals(silo.SiloAddress))
        {
            return CommitResult.Failed(new MementoException(
                $"Transaction {transactionId} used partitions in several silos, among them "
                + $"partition {lost.Number} of table '{lost.Table}' in {elsewhere}, and one commit "
                + "over several silos is not supported yet. Nothing was kept. Use one silo."));
        }

        return new CommitResult(CommitStatus.TryAgain, WasLost(lost));
    }

    private static TransactionConflictException WasLost(ParticipantCount lost)
        => new($"Partition {lost.Number} of table '{lost.Table}' was lost or moved while the "
            + "transaction ran.");
}

/// <summary>A participant of a commit in this silo.</summary>
/// <param name="Transaction">The transaction in its partition.</param>
/// <param name="Operations">How many operations its caller made there.</param>
internal readonly record struct CommitPart(PartitionTransaction Transaction, int Operations)
{
    public Partition Partition => Transaction.Partition;
}

/// <summary>What commits say in the log.</summary>
internal static partial class CommitLog
{
    [LoggerMessage(
        EventId = 1200,
        Level = LogLevel.Warning,
        Message = "The answer to the commit of transaction {TransactionId} was lost; asking for "
            + "its outcome")]
    public static partial void AnswerLost(ILogger logger, Exception exception, Guid transactionId);

    [LoggerMessage(
        EventId = 1202,
        Level = LogLevel.Warning,
        Message = "The answer to the abort of transaction {TransactionId} was lost; it is run "
            + "again")]
    public static partial void AbortLost(ILogger logger, Exception exception, Guid transactionId);
}
