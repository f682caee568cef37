using Memento.Messages;
using Memento.Participants;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Commit;

/// <summary>
/// Ends transactions from a silo: in this silo if it has the participants, otherwise by one message
/// to the silo that has them.
/// </summary>
internal sealed class SiloCommitter(
    LocalCommit local, RemoteCommit remote, IMixedCommits mixed, IPartitions partitions)
    : ICommitter
{
    public int Generation => local.Generation;

    public ValueTask<CommitResult> CommitAsync(
        Guid transactionId,
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded)
    {
        if (state is not null && !state.TryBeginCommit())
            return new(remote.Refuse(state, recorded));

        if (state is { IsJoined: false } && recorded.Count == 0)
        {
            // A body of this silo with all partitions in it: nearly every commit takes this way.
            if (TryTakeLocal(state.Participants, out LocalParticipant[] participants))
                return local.CommitOwnAsync(state, participants);
            if (TryEndReads(state)) return new(CommitResult.Committed);
        }

        return CommitByNameAsync(
            transactionId, OrleansParticipant.NameToCommit(state, recorded), state);
    }

    public ValueTask<CommitResult> CommitMixedAsync(
        Guid transactionId,
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded,
        ForeignParts foreign)
    {
        if (state is not null && !state.TryBeginCommit())
        {
            foreign.Abort(transactionId);
            return new(remote.Refuse(state, recorded));
        }

        return CommitByNameAsync(
            transactionId, OrleansParticipant.NameToCommit(state, recorded), state, foreign);
    }

    public async ValueTask<MementoException?> ConfirmReadsAsync(TransactionState state)
    {
        MementoException? here = await local.ConfirmReadsAsync(state);
        if (here is not null || state.ReadElsewhere is null) return here;
        return await state.ReadElsewhere;
    }

    public void Abort(
        Guid transactionId,
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded)
    {
        if (state is not null && !state.TryBeginAbort()) return;

        bool areAllHere = recorded.Count == 0;
        IReadOnlyList<Participant> participants = state?.Participants ?? [];
        foreach (Participant each in participants)
        {
            if (each is LocalParticipant here)
                here.Abort();
            else
                areAllHere = false;
        }

        if (areAllHere) return;

        var ended = participants.OfType<LocalParticipant>()
            .Select(static each => (each.Table.Name, each.Number)).ToHashSet();
        List<NamedParticipant> elsewhere = OrleansParticipant.Name(state, recorded);
        elsewhere.RemoveAll(each => ended.Contains((each.Table, each.Number)));
        remote.Abort(transactionId, state, elsewhere);
    }

    /// <summary>
    /// Ends a transaction that has only read, and in one partition elsewhere. No message of it is
    /// under way then, unless nested bodies have left some.
    /// </summary>
    private static bool TryEndReads(TransactionState state)
        => state is { Savepoints: null, Doom: null, Participants: [RemoteParticipant only] }
            && only.TryEndReads();

    private static bool TryTakeLocal(
        IReadOnlyList<Participant> all, out LocalParticipant[] participants)
    {
        participants = new LocalParticipant[all.Count];
        for (int i = 0; i < participants.Length; i++)
        {
            if (all[i] is not LocalParticipant one) return false;
            participants[i] = one;
        }

        return true;
    }

    private async ValueTask<CommitResult> CommitByNameAsync(
        Guid transactionId,
        List<NamedParticipant> participants,
        TransactionState? state,
        ForeignParts? foreign = null)
    {
        bool isHere = local.HasAny(participants);
        if (!isHere && state is not null) state.IsCommittedElsewhere = true;
        CommitResult result = !isHere
            ? await remote.CommitAsync(transactionId, participants, foreign)
            : state is null
                ? CommitResult.TryAgain("The silo does not know the transaction any more.")
                : foreign is null
                    ? await local.CommitBegunAsync(state, participants)
                    : await mixed.CommitAsync(state, participants, foreign);

        // This silo has dropped its own participants.
        if (isHere && result.IsRefused)
        {
            remote.AbortEach(transactionId, participants);
            foreign?.Abort(transactionId);
        }

        if (result.Numbers is { } used) partitions.ShowNumbers(used);
        return result;
    }
}
