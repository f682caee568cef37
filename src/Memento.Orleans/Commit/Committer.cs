using Memento.Messages;
using Memento.Participants;
using Memento.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Commit;

/// <summary>
/// Ends transactions whose participants are all ours: in this silo if it has them, otherwise by one
/// message to the silo that has them.
/// </summary>
/// <param name="grains">The grains of partitions in other processes.</param>
/// <param name="local">Commits in this silo; null in a client.</param>
/// <param name="time">The clock that measures how long ago a commit was sent.</param>
/// <param name="logger">The log of lost answers.</param>
internal sealed class Committer(
    IGrainFactory grains, LocalCommit? local, TimeProvider time, ILogger<Committer> logger)
    : ICommitter
{
    /// <summary>
    /// How often a lost answer is looked up before the outcome counts as unknown.
    /// </summary>
    public const int LookUps = 3;

    public int Generation => local?.Generation ?? 0;

    public ValueTask<CommitResult> CommitAsync(
        Guid transactionId,
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded)
    {
        IReadOnlyList<Enlistment> enlistments = [];
        if (state is not null && !state.TryBeginCommit(out enlistments))
        {
            // It was ended by its time limit, before the participants of its grain calls were
            // known.
            AbortEach(transactionId, Count(state: null, [], recorded));
            return new(CommitResult.Failed(state.Doom ?? state.TimedOut()));
        }

        // A body of this silo with all partitions in it: nearly every commit takes this way.
        if (local is not null && state is { IsJoined: false } && recorded.Count == 0
            && TryTakeLocal(enlistments, out CommitPart[] parts))
        {
            return local.CommitOwnAsync(state, parts);
        }

        return CommitByNameAsync(transactionId, Count(state, enlistments, recorded), state);
    }

    public async ValueTask<MementoException?> ConfirmReadsAsync(TransactionState state)
    {
        MementoException? here = local is null ? null : await local.ConfirmReadsAsync(state);
        if (here is not null || state.ReadElsewhere is null) return here;
        return await state.ReadElsewhere;
    }

    public void Abort(
        Guid transactionId,
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded)
    {
        IReadOnlyList<Enlistment> enlistments = [];
        if (state is not null && !state.TryBeginAbort(out enlistments)) return;

        bool areAllHere = recorded.Count == 0;
        foreach (Enlistment each in enlistments)
        {
            if (each is LocalEnlistment here)
                here.Abort();
            else
                areAllHere = false;
        }

        if (areAllHere) return;

        var ended = enlistments.OfType<LocalEnlistment>()
            .Select(static each => (each.Table.Name, each.Number)).ToHashSet();
        List<ParticipantCount> elsewhere = Count(state, enlistments, recorded);
        elsewhere.RemoveAll(each => ended.Contains((each.Table, each.Number)));
        if (elsewhere.Count == 0) return;

        // The reads of a transaction that must fail do not matter; the result of any other body may
        // depend on them.
        if (state is { Doom: null })
            state.ReadElsewhere = AbortAndConfirmAsync(transactionId, elsewhere);
        else
            AbortEach(transactionId, elsewhere);
    }

    private static bool TryTakeLocal(IReadOnlyList<Enlistment> enlistments, out CommitPart[] parts)
    {
        parts = new CommitPart[enlistments.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            if (enlistments[i] is not LocalEnlistment one) return false;
            parts[i] = new CommitPart(one.Transaction, one.Operations);
        }

        return true;
    }

    private static List<ParticipantCount> Count(
        TransactionState? state,
        IReadOnlyList<Enlistment> enlistments,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded)
    {
        var counts = new Dictionary<(string Table, int Number), int>();
        // The participants of a joined transaction are in its record already.
        if (state is { IsJoined: false })
        {
            foreach (Enlistment each in enlistments)
                counts[(each.Table.Name, each.Number)] = each.Operations;
        }

        foreach ((ParticipantId participant, AccessCounter counter) in recorded)
        {
            if (!Participant.IsOurs(participant)) continue;
            (string, int) name = Participant.Parse(participant);
            counts[name] = counts.GetValueOrDefault(name) + Participant.Operations(counter);
        }

        return [.. counts.Select(each =>
            new ParticipantCount(each.Key.Table, each.Key.Number, each.Value))];
    }

    private async ValueTask<CommitResult> CommitByNameAsync(
        Guid transactionId, List<ParticipantCount> participants, TransactionState? state)
    {
        if (participants.Count == 0) return CommitResult.Committed;
        CommitResult result;
        if (local is null || !local.HasAny(participants))
            result = await SendAsync(new CommitRequest(transactionId, participants));
        else if (state is null)
            result = CommitResult.TryAgain("The silo does not know the transaction any more.");
        else
            result = await local.CommitBegunAsync(state, participants);

        // The silo that refused the commit has dropped its own participants, and does not know
        // others.
        if (result.Status != CommitStatus.Committed
            && result.Error is not TransactionInDoubtException)
        {
            AbortEach(transactionId, participants);
        }

        return result;
    }

    /// <summary>
    /// Asks one silo after the other to drop its participants, and whether the reads there are
    /// durable, with one message for each silo.
    /// </summary>
    private async Task<MementoException?> AbortAndConfirmAsync(
        Guid transactionId, List<ParticipantCount> participants)
    {
        while (participants.Count > 0)
        {
            ParticipantCount first = participants[0];
            AbortResponse response;
            try
            {
                response = await GrainOf((first.Table, first.Number))
                    .AbortAndConfirmAsync(new CommitRequest(transactionId, participants))
                    .ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                CommitLog.AbortLost(logger, exception, transactionId);
                AbortEach(transactionId, participants);
                return new TransactionConflictException(
                    $"Partition {first.Number} of table '{first.Table}' did not say whether what "
                    + $"the transaction has read there stands: {exception.Message} The transaction "
                    + "is run again while attempts and time are left.",
                    exception);
            }

            participants = [.. response.Elsewhere];
            if (response.Error is null) continue;

            AbortEach(transactionId, participants);
            return response.Error;
        }

        return null;
    }

    /// <summary>
    /// It is not awaited: a partition that misses the message ends the transaction at its time
    /// limit.
    /// </summary>
    private void AbortEach(Guid transactionId, List<ParticipantCount> participants)
    {
        foreach (ParticipantCount each in participants)
            AbortAsync(transactionId, each).Ignore();
    }

    /// <summary>
    /// Its error is in the task, also if Orleans throws at once because the client has stopped.
    /// </summary>
    private async Task AbortAsync(Guid transactionId, ParticipantCount participant)
        => await GrainOf((participant.Table, participant.Number)).AbortAsync(transactionId)
            .ConfigureAwait(false);

    private async Task<CommitResult> SendAsync(CommitRequest request)
    {
        ParticipantCount first = request.Participants[0];
        IIndexGrain grain = GrainOf((first.Table, first.Number));
        long sent = time.GetTimestamp();
        try
        {
            CommitResponse response = await grain.CommitAsync(request);
            return new CommitResult(response.Status, response.Error);
        }
        catch (Exception exception)
        {
            CommitLog.AnswerLost(logger, exception, request.TransactionId);
            return await LookUpAsync(grain, request.TransactionId, sent, exception);
        }
    }

    /// <summary>
    /// Looks up the outcome of a commit, which is never sent again. A silo forgets outcomes after
    /// some time, and has no row for a transaction over ram alone. An answer after that time says
    /// nothing.
    /// </summary>
    private async Task<CommitResult> LookUpAsync(
        IIndexGrain grain, Guid transactionId, long sent, Exception lost)
    {
        for (int i = 0; i < LookUps; i++)
        {
            try
            {
                if (await grain.DecideAsync(transactionId) == TransactionOutcome.Committed)
                    return CommitResult.Committed;

                if (time.GetElapsedTime(sent) > TransactionRegistry.Memory) break;
                return CommitResult.TryAgain(
                    "The answer to its commit was lost, and it had not happened.");
            }
            catch (Exception exception)
            {
                lost = exception;
            }
        }

        return CommitResult.Failed(new TransactionInDoubtException(transactionId, lost));
    }

    private IIndexGrain GrainOf((string Table, int Number) name)
        => grains.GetGrain<IIndexGrain>(IndexGrainKey.Of(name.Table, name.Number));
}

/// <summary>
/// Ends transactions whose participants are all ours; in a silo and in a client differently.
/// </summary>
internal interface ICommitter
{
    /// <summary>The journal's generation, for a transaction that begins; 0 in a client.</summary>
    int Generation { get; }

    /// <summary>Commits; never throws for what can happen to a transaction.</summary>
    /// <param name="transactionId">The attempt's id.</param>
    /// <param name="state">What this process knows of the transaction, if anything.</param>
    /// <param name="recorded">
    /// The participants that grain calls brought back, with their operations.
    /// </param>
    ValueTask<CommitResult> CommitAsync(
        Guid transactionId,
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded);

    /// <summary>
    /// Waits until all reads of an aborted transaction are durable, in all processes, because the
    /// result of its body may depend on them. Returns the reason if that is not known: a conflict
    /// if reads were taken back.
    /// </summary>
    ValueTask<MementoException?> ConfirmReadsAsync(TransactionState state);

    /// <summary>
    /// Ends a transaction without its writes, in all processes, and does not wait. A second call
    /// does nothing.
    /// </summary>
    /// <param name="transactionId">The attempt's id.</param>
    /// <param name="state">What this process knows of the transaction, if anything.</param>
    /// <param name="recorded">
    /// The participants that grain calls brought back, with their operations.
    /// </param>
    void Abort(
        Guid transactionId,
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded);
}
