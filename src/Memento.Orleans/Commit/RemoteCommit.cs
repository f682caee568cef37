using Memento.Diagnostics;
using Memento.Messages;
using Memento.Participants;
using Memento.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Commit;

/// <summary>Ends transactions whose participants are in other processes, by messages.</summary>
internal sealed class RemoteCommit(
    PartitionGrains grains,
    HybridClock clock,
    TimeProvider time,
    ILogger<RemoteCommit> logger,
    StoreMetrics? metrics = null,
    StoreLifetime? lifetime = null)
{
    /// <summary>
    /// How long a lost answer is looked up before the outcome counts as unknown: longer than the
    /// membership needs to find that a silo is dead.
    /// </summary>
    public static readonly TimeSpan LookUpTime = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long the answer to a commit may take before its outcome is asked for. The answer to that
    /// waits for a commit that still runs.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Commits in the silo that has the participants, by one message.</summary>
    public async ValueTask<CommitResult> CommitAsync(
        Guid transactionId, List<NamedParticipant> participants, ForeignParts? foreign = null)
    {
        if (participants.Count == 0) return CommitResult.Committed;

        // A silo in which nothing was carried out may not know the transaction.
        int known = participants.FindIndex(static each => each.Operations > 0);
        if (known > 0)
            (participants[0], participants[known]) = (participants[known], participants[0]);
        CommitResult result = await SendAsync(
            RequestOf(transactionId, participants) with { Foreign = foreign });
        clock.Observe(result.Stamp);

        // The silo that refused the commit has dropped its own participants, and does not know
        // others. One that has died, so that the outcome is in doubt, may have told none of them:
        // they would hold their locks up to the time limit. Where the commit has begun, this does
        // nothing.
        if (!result.IsCommitted) AbortEach(transactionId, participants);
        if (foreign is not null && result.IsRefused) foreign.Abort(transactionId);
        return result;
    }

    /// <summary>
    /// Refuses the commit of a transaction that its time limit ended before: the participants of
    /// its grain calls were not known then.
    /// </summary>
    public CommitResult Refuse(
        TransactionState state, IReadOnlyDictionary<ParticipantId, AccessCounter> recorded)
    {
        AbortEach(state.Id, OrleansParticipant.Name(state: null, recorded));
        return CommitResult.Failed(state.Doom ?? state.TimedOut());
    }

    /// <summary>
    /// Ends a transaction without its writes, and does not wait. If the result of its body may
    /// depend on its reads, the silos are asked whether the reads are durable
    /// (<see cref="TransactionState.ReadElsewhere"/>).
    /// </summary>
    public void Abort(
        Guid transactionId, TransactionState? state, List<NamedParticipant> participants)
    {
        if (participants.Count == 0) return;

        // The reads of a transaction that must fail do not matter; the result of any other body may
        // depend on them.
        if (state is { Doom: null })
            state.ReadElsewhere = AbortAndConfirmAsync(transactionId, participants);
        else
            AbortEach(transactionId, participants);
    }

    /// <summary>Ends a transaction in the silo of each participant, and does not wait.</summary>
    public void AbortEach(Guid transactionId, List<NamedParticipant> participants)
    {
        foreach (NamedParticipant each in participants)
            AbortMessage.Send(GrainOf((each.Table, each.Number)), transactionId, metrics);
    }

    /// <summary>
    /// Asks one silo after the other to drop its participants, and whether the reads there are
    /// durable, with one message for each silo.
    /// </summary>
    private async Task<MementoException?> AbortAndConfirmAsync(
        Guid transactionId, List<NamedParticipant> participants)
    {
        while (participants.Count > 0)
        {
            NamedParticipant first = participants[0];
            AbortResponse response;
            metrics?.Sent(MessageName.Abort);
            try
            {
                response = await GrainOf((first.Table, first.Number))
                    .AbortAndConfirmAsync(RequestOf(transactionId, participants))
                    .WaitAsync(OperationOutbox.Patience)
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

    private async Task<CommitResult> SendAsync(CommitRequest request)
    {
        NamedParticipant first = request.Participants[0];
        IIndexGrain grain = GrainOf((first.Table, first.Number));
        long sent = time.GetTimestamp();
        metrics?.Sent(MessageName.Commit);
        try
        {
            return await grain.CommitAsync(request).WaitAsync(Patience);
        }
        catch (Exception exception)
        {
            CommitLog.AnswerLost(logger, exception, request.TransactionId);
            return await LookUpAsync(grain, request, sent, exception);
        }
    }

    /// <summary>
    /// Looks up the outcome of a commit, which is never sent again. A silo forgets outcomes after
    /// some time, and has no row for a transaction over ram alone. An answer after that time says
    /// nothing.
    /// </summary>
    private async Task<CommitResult> LookUpAsync(
        IIndexGrain grain, CommitRequest request, long sent, Exception lost)
    {
        request = request.WithoutWrites();
        long began = time.GetTimestamp();
        for (TimeSpan pause = FirstPause; ; pause = BackOff.After(pause))
        {
            metrics?.Sent(MessageName.Decide);
            try
            {
                DecideAnswer answer = await grain.DecideAsync(request).WaitAsync(Patience);
                if (answer.Outcome == TransactionOutcome.Committed)
                    return CommitResult.CommittedAt(answer.Clock);

                if (time.GetElapsedTime(sent) > TransactionRegistry.Memory) break;
                return CommitResult.TryAgain(
                    "The answer to its commit was lost, and it had not happened.");
            }
            catch (TransactionInDoubtException doubt)
            {
                return CommitResult.Failed(doubt);
            }
            catch (Exception exception)
            {
                // A silo that has died or stops does not answer; then others learn of that.
                lost = exception;
            }

            if (lifetime is { IsRunning: false }) break;
            if (time.GetElapsedTime(began) >= LookUpTime) break;
            await Task.Delay(pause, time);
        }

        return CommitResult.Failed(new TransactionInDoubtException(request.TransactionId, lost));
    }

    private CommitRequest RequestOf(
        Guid transactionId, IReadOnlyList<NamedParticipant> participants)
        => new(transactionId, participants) { Clock = clock.Now };

    private IIndexGrain GrainOf((string Table, int Number) name)
        => grains.Of(name.Table, name.Number);
}
