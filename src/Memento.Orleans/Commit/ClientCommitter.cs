using Memento.Messages;
using Memento.Participants;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Commit;

/// <summary>
/// Ends transactions from a client: by one message to the silo that has the participants.
/// </summary>
internal sealed class ClientCommitter(RemoteCommit remote, IPartitions partitions) : ICommitter
{
    public int Generation => 0;

    public async ValueTask<CommitResult> CommitAsync(
        Guid transactionId,
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded)
    {
        if (state is not null && !state.TryBeginCommit()) return remote.Refuse(state, recorded);

        CommitResult result = await remote.CommitAsync(
            transactionId, OrleansParticipant.NameToCommit(state, recorded));
        if (result.Numbers is { } used) partitions.ShowNumbers(used);
        return result;
    }

    public async ValueTask<CommitResult> CommitMixedAsync(
        Guid transactionId,
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded,
        ForeignParts foreign)
    {
        if (state is not null && !state.TryBeginCommit())
        {
            foreign.Abort(transactionId);
            return remote.Refuse(state, recorded);
        }

        CommitResult result = await remote.CommitAsync(
            transactionId, OrleansParticipant.NameToCommit(state, recorded), foreign);
        if (result.Numbers is { } used) partitions.ShowNumbers(used);
        return result;
    }

    public async ValueTask<MementoException?> ConfirmReadsAsync(TransactionState state)
        => state.ReadElsewhere is null ? null : await state.ReadElsewhere;

    public void Abort(
        Guid transactionId,
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded)
    {
        if (state is not null && !state.TryBeginAbort()) return;

        remote.Abort(transactionId, state, OrleansParticipant.Name(state, recorded));
    }
}
