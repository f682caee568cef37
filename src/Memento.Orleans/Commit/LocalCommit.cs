using System.Collections.Concurrent;
using Memento.Journaling;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Storage;
using Memento.Tables;
using Microsoft.Extensions.Logging;

namespace Memento.Commit;

/// <summary>
/// Commits transactions in a silo, its own and those of callers in other processes.
/// </summary>
internal sealed class LocalCommit(
    OneAppendCommit commit,
    SpanningCommit spanning,
    PartitionDirectory partitions,
    TransactionRegistry registry,
    IMembers members,
    TableRegistry tables,
    DurableStorage storage,
    HybridClock clock)
{
    // The silos that have told all that they have committed.
    private readonly ConcurrentDictionary<SiloAddress, bool> _told = new();

    public int Generation => commit.Generation;

    /// <summary>Whether this silo has one of the participants in memory.</summary>
    public bool HasAny(IReadOnlyList<NamedParticipant> participants)
        => participants.Any(each => partitions.Find(each.Table, each.Number) is not null);

    /// <summary>
    /// Waits until all reads of an aborted transaction in this silo are durable. Returns the reason
    /// if that is not known.
    /// </summary>
    public ValueTask<MementoException?> ConfirmReadsAsync(TransactionState state)
        => commit.ConfirmReadsAsync(state.Id, state.DependsOn(), state.Generation);

    /// <summary>
    /// Aborts a transaction of another process, by the names of its participants, and waits until
    /// all its reads in this silo are durable.
    /// </summary>
    public async Task<AbortResponse> AbortAsync(
        Guid transactionId, IReadOnlyList<NamedParticipant> participants)
    {
        TransactionState? state = registry.Find(transactionId);
        NamedParticipant? lost = null;
        List<NamedParticipant> elsewhere = [];
        foreach (NamedParticipant each in participants)
        {
            PartitionTransaction? found =
                partitions.Find(each.Table, each.Number)?.Find(transactionId);
            if (found is null && !ReferenceEquals(each, participants[0]))
                elsewhere.Add(each);
            else if ((found?.Operations ?? 0) < each.Operations)
                lost = each;
        }

        state?.LeaveToCaller(elsewhere.Select(static each => (each.Table, each.Number)));
        registry.Abort(transactionId);
        if (lost is not null) return new AbortResponse(WasLost(lost), elsewhere);
        return new AbortResponse(state is null ? null : await ConfirmReadsAsync(state), elsewhere);
    }

    /// <summary>Commits a transaction whose body runs in this silo.</summary>
    public ValueTask<CommitResult> CommitOwnAsync(
        TransactionState state, IReadOnlyList<LocalParticipant> participants)
        => commit.CommitAsync(state.Id, participants, state.Generation, keepsOutcome: false);

    /// <summary>
    /// Commits a transaction of another process, by the names of its participants.
    /// </summary>
    public Task<CommitResult> CommitAsync(
        Guid transactionId, IReadOnlyList<NamedParticipant> participants)
        => CommitAsync(transactionId, state => CommitBegunAsync(state, participants));

    /// <summary>Commits a transaction of another process.</summary>
    /// <param name="transactionId">The transaction.</param>
    /// <param name="commit">Commits it, when its commit has begun.</param>
    public async Task<CommitResult> CommitAsync(
        Guid transactionId, Func<TransactionState, Task<CommitResult>> commit)
    {
        TransactionState? state = registry.Find(transactionId);
        if (state is { IsCommittedElsewhere: true })
        {
            // Its partition has come to the silo of its body, behind the message. The body waits
            // for this answer.
            return CommitResult.TryAgain(
                "The partition that was asked to commit the transaction has moved to the silo of "
                + "its body, and what the transaction had there is gone.");
        }

        if (state is null || !state.TryBeginCommit())
        {
            await registry.WhenEndedAsync(transactionId);
            if (registry.FindDoubt(transactionId) is { } unknown)
                return CommitResult.Failed(unknown);
            return registry.FindOutcome(transactionId) == TransactionOutcome.Committed
                ? CommitResult.CommittedAt(clock.Now)
                : CommitResult.TryAgain(
                    "The silo does not know the transaction any more: it ran out of time, or the "
                    + "silo was restarted.");
        }

        var outcome = TransactionOutcome.Aborted;
        try
        {
            CommitResult result = await commit(state);
            if (result.Error is TransactionInDoubtException doubt)
                registry.RememberDoubt(transactionId, doubt);
            outcome = result.Outcome;
            return result;
        }
        finally
        {
            registry.Remove(state, outcome);
        }
    }

    /// <summary>
    /// Finds the outcome of a transaction. A transaction that has not committed by now never will.
    /// </summary>
    /// <exception cref="StorageException">The storage cannot answer.</exception>
    /// <exception cref="TransactionInDoubtException">The commit itself ended in doubt.</exception>
    public async Task<TransactionOutcome> DecideAsync(Guid transactionId)
    {
        while (true)
        {
            if (registry.Find(transactionId) is { } running && !registry.TryAbort(running))
                await registry.WhenEndedAsync(transactionId);
            if (registry.FindDoubt(transactionId) is { } doubt) throw doubt;
            if (registry.FindOutcome(transactionId) is { } known) return known;

            TransactionOutcome outcome = storage.Journal is null
                ? TransactionOutcome.Aborted
                : await storage.Journal.DecideAsync(transactionId, CancellationToken.None);

            // Otherwise a late message has begun the transaction here: the next round ends it.
            if (registry.Remember(transactionId, outcome)) return outcome;
        }
    }

    /// <summary>
    /// Finds the outcome of a transaction whose caller has heard no answer. The silo that was asked
    /// to commit may be another one: its partitions may have moved since.
    /// </summary>
    /// <remarks>
    /// What must hold: "aborted" is said only where nothing of the transaction is left anywhere.
    /// The storage knows each commit over several silos with a partition on disk, and each that has
    /// changed one. What a dead silo has changed in ram alone, only that silo knew, and the records
    /// may have moved before its death: they are gone if their partition began empty because of it.
    /// </remarks>
    /// <exception cref="TransactionInDoubtException">
    /// Nobody knows any more: the transaction may have changed records in ram alone, they were not
    /// lost with the silo that was asked to commit, and that silo is dead.
    /// </exception>
    /// <exception cref="MementoException">It cannot be found out now; ask again.</exception>
    public async Task<TransactionOutcome> DecideAsync(CommitRequest request)
    {
        Guid id = request.TransactionId;
        SiloAddress? silo = request.Participants[0].Silo;
        if (members.Here.Equals(silo) || (silo is null && IsKnown(id)))
            return await DecideAsync(id);
        if (silo is not null && !members.IsDead(silo))
            return await members.DecideAsync(silo, request);

        // The order counts: it has told what it has committed before it said that this was all.
        // This silo also calls a transaction aborted that has only read here.
        bool hasTold = silo is not null && _told.ContainsKey(silo);
        if (registry.FindOutcome(id) == TransactionOutcome.Committed)
            return TransactionOutcome.Committed;

        NamedParticipant[] used =
            [.. request.Participants.Where(static each => each.Operations > 0)];
        NamedParticipant[] inRam = [.. used.Where(each => !tables.IsOnDisk(each.Table))];
        if (inRam.Length < used.Length)
        {
            TransactionOutcome stored =
                await storage.Journal!.DecideAsync(id, CancellationToken.None);
            bool isOverSilos = silo is not null
                && used.Any(each => each.Silo is not null && !each.Silo.Equals(silo));
            if (stored == TransactionOutcome.Committed || isOverSilos || inRam.Length == 0)
                return stored;
        }

        if (hasTold || (silo is not null && await AreLostAsync(inRam, silo)))
            return TransactionOutcome.Aborted;

        throw new TransactionInDoubtException(
            id,
            new StorageException(
                $"The silo that was asked to commit it ({silo?.ToString() ?? "not known"}) does "
                + "not answer any more, and no other one knows whether it has committed the "
                + "transaction, which may have changed records in ram alone."));
    }

    /// <summary>
    /// Whether all records of partitions in ram, that a silo had, were lost with it.
    /// </summary>
    private async Task<bool> AreLostAsync(
        IReadOnlyList<NamedParticipant> participants, SiloAddress silo)
    {
        if (!participants.All(each => silo.Equals(each.Silo))) return false;

        SiloAddress?[] lostWith = await Task.WhenAll(participants.Select(
            each => members.FindLossAsync(each.Table, each.Number)));
        return Array.TrueForAll(lostWith, silo.Equals);
    }

    private bool IsKnown(Guid id)
        => registry.Find(id) is not null || registry.FindOutcome(id) is not null;

    /// <summary>Keeps what a silo that stops has committed.</summary>
    public void Remember(RememberRequest request)
    {
        clock.Observe(request.Clock);
        foreach (Guid each in request.Committed)
            registry.RememberCommitted(each);
        if (request.IsLast) _told[request.Silo] = true;
    }

    /// <summary>
    /// Commits a transaction whose commit has begun, by the names of its participants.
    /// </summary>
    /// <param name="state">The transaction in this silo.</param>
    /// <param name="participants">All participants of ours, by name.</param>
    /// <param name="decision">What the storage keeps with the commit; null: nothing more.</param>
    public async Task<CommitResult> CommitBegunAsync(
        TransactionState state,
        IReadOnlyList<NamedParticipant> participants,
        KeptDecision? decision = null)
    {
        if (state.Doom is { } doom)
        {
            // The body has caught the error of one of its calls.
            foreach (Participant participant in state.Participants)
                participant.Abort();
            return CommitResult.Failed(doom);
        }

        var here = new List<LocalParticipant>(participants.Count);
        bool isElsewhere = false;
        foreach (NamedParticipant each in participants)
        {
            PartitionTransaction? found =
                partitions.Find(each.Table, each.Number)?.Find(state.Id);
            // Without operations it may still hold locks, of one that failed.
            if (found is null)
                isElsewhere |= each.Operations > 0 || spanning.IsElsewhere(each.Silo);
            else
                here.Add(LocalParticipant.Of(found, each));
        }

        if (isElsewhere) return await spanning.CommitAsync(state, participants, here, decision);

        // The caller does not rely on a participant that it does not know, but that participant has
        // locks.
        var named = participants.Select(static each => (each.Table, each.Number)).ToHashSet();
        foreach (Participant participant in state.Participants)
        {
            if (!named.Contains((participant.Table.Name, participant.Number))) participant.Abort();
        }

        CommitResult result = await commit.CommitAsync(
            state.Id, here, state.Generation, keepsOutcome: state.IsJoined, decision);
        return result.IsCommitted
            ? result with { Numbers = OneAppendCommit.NumbersOf(here) }
            : result;
    }

    /// <summary>The error where a participant is not where it was.</summary>
    public static TransactionConflictException WasLost(NamedParticipant lost)
        => new($"Partition {lost.Number} of table '{lost.Table}' was lost or moved while the "
            + "transaction ran.");
}

/// <summary>The log messages of commits.</summary>
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
