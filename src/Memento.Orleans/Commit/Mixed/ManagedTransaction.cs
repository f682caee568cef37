using Memento.Messages;
using Memento.Participants;
using Memento.TwoPhase;
using Orleans.Transactions;

namespace Memento.Commit.Mixed;

/// <summary>A transaction with participants of others that this silo manages.</summary>
internal sealed class ManagedTransaction(
    TransactionState state,
    IReadOnlyList<NamedParticipant> own,
    ForeignParts foreign,
    DateTime timeStamp)
{
    private readonly TaskCompletionSource<CommitResult> _result =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly CancellationTokenSource _voted = new();

    public Lock Gate { get; } = new();

    public Guid Id { get; } = state.Id;

    public TransactionState State { get; } = state;

    public IReadOnlyList<NamedParticipant> Own { get; } = own;

    public ForeignParts Foreign { get; } = foreign;

    /// <summary>The time by which the others know it.</summary>
    public DateTime TimeStamp { get; } = timeStamp;

    public ParticipantId[] Writers { get; } = [.. foreign.Writers];

    public Manager<ParticipantId> Machine { get; } =
        new(foreign.Resources.Count, foreign.Writers, ParticipantId.Comparer);

    /// <summary>The result of our own commit; null before it has one.</summary>
    public CommitResult? OwnResult { get; set; }

    /// <summary>The decision that the storage keeps; null: nobody waits for one.</summary>
    public KeptDecision? Decision { get; set; }

    public Task<CommitResult> Result => _result.Task;

    /// <summary>Cancelled when no vote is waited for any more.</summary>
    public CancellationToken Voted => _voted.Token;

    public void EndVoting() => _voted.Cancel();

    public void Complete(CommitResult result) => _result.TrySetResult(result);
}
