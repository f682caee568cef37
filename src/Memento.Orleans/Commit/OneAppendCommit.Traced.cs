using Memento.Diagnostics;
using Memento.Messages;
using Memento.Participants;

namespace Memento.Commit;

/// <content>The same, step by step in a trace, while anybody listens.</content>
internal sealed partial class OneAppendCommit
{
    private async ValueTask<CommitResult> CommitTracedAsync(
        Guid transactionId,
        IReadOnlyList<LocalParticipant> participants,
        int generation,
        bool keepsOutcome,
        KeptDecision? decision)
    {
        using StoreActivity activity = tracing.StartCommit(transactionId, participants.Count);
        CommitResult? lost;
        using (tracing.StartSeal())
            lost = Seal(participants);
        CommitResult result = lost
            ?? await CommitSealedAsync(
                transactionId, participants, generation, keepsOutcome, decision)
                .ConfigureAwait(false);
        activity.End(
            result.IsCommitted ? AbortReason.None : AbortReason.Of(result.Error), result.Error);
        return result;
    }

    private async ValueTask<CommitResult> AppendTracedAsync(
        Guid transactionId,
        IReadOnlyList<LocalParticipant> participants,
        long dependsOn,
        int generation,
        bool writesToDisk,
        bool keepsOutcome,
        KeptDecision? decision)
    {
        using StoreActivity activity = tracing.StartAppend();
        return await CommitThroughJournalAsync(
            transactionId,
            participants,
            dependsOn,
            generation,
            writesToDisk,
            keepsOutcome,
            decision)
            .ConfigureAwait(false);
    }
}
