using Memento.Messages;
using Memento.Participants;
using Memento.TwoPhase;
using Orleans.Transactions;

namespace Memento.Commit.Mixed;

/// <summary>A transaction with participants of others that this silo manages.</summary>
/// <param name="state">The transaction in this silo.</param>
/// <param name="own">Our participants that are known.</param>
/// <param name="voters">How many participants have to vote.</param>
/// <param name="writers">The participants of others that have written.</param>
/// <param name="timeStamp">The time by which the others know it.</param>
internal sealed class ManagedTransaction(
    TransactionState state,
    IEnumerable<NamedParticipant> own,
    int voters,
    IEnumerable<ParticipantId> writers,
    DateTime timeStamp)
{
    private readonly TaskCompletionSource<CommitResult> _result =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _voted =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _forgotten =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Lock Gate { get; } = new();

    public Guid Id { get; } = state.Id;

    public TransactionState State { get; } = state;

    /// <summary>
    /// Our participants. Where Orleans' agent ends the transaction, each reports itself, and its
    /// report is its vote. The gate guards it until our commit begins.
    /// </summary>
    public List<NamedParticipant> Own { get; } = [.. own];

    /// <summary>The time by which the others know it.</summary>
    public DateTime TimeStamp { get; } = timeStamp;

    public ParticipantId[] Writers { get; } = [.. writers];

    public Manager<ParticipantId> Machine { get; } =
        new(voters, writers, ParticipantId.Comparer);

    /// <summary>What this silo has asked to vote, and ends if nothing is kept.</summary>
    public ForeignParts? Foreign { get; init; }

    /// <summary>The result of our own commit; null before it has one.</summary>
    public CommitResult? OwnResult { get; set; }

    /// <summary>The decision that the storage keeps; null: nobody waits for one.</summary>
    public KeptDecision? Decision { get; set; }

    public Task<CommitResult> Result => _result.Task;

    /// <summary>Ends when an operator has it forgotten.</summary>
    public Task Forgotten => _forgotten.Task;

    /// <summary>Ends when no vote is waited for any more.</summary>
    public Task Voted => _voted.Task;

    public void Forget() => _forgotten.TrySetResult();

    public void EndVoting() => _voted.TrySetResult();

    public void Complete(CommitResult result) => _result.TrySetResult(result);
}
