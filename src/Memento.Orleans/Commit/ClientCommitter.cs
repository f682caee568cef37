using Memento.Messages;
using Memento.Participants;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace Memento.Commit;

/// <summary>
/// Ends transactions from a client: by one message to the silo that has the participants.
/// </summary>
internal sealed class ClientCommitter(RemoteCommit remote) : ICommitter
{
    public int Generation => 0;

    public ValueTask<CommitResult> CommitAsync(
        Guid transactionId,
        TransactionState? state,
        IReadOnlyDictionary<ParticipantId, AccessCounter> recorded)
    {
        if (state is not null && !state.TryBeginCommit())
            return new(remote.Refuse(state, recorded));

        return remote.CommitAsync(transactionId, OrleansParticipant.Name(state, recorded));
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
