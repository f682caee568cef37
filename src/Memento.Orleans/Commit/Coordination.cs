using Memento.Commit.Spanning;
using Memento.Messages;
using Memento.Participants;

namespace Memento.Commit;

/// <summary>A commit that this silo coordinates.</summary>
internal sealed class Coordination(
    TransactionState state,
    Dictionary<SiloAddress, List<NamedParticipant>> bySilo,
    SpanningDecider decider)
{
    private readonly TaskCompletionSource<CommitResult> _result =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Lock Gate { get; } = new();

    public Guid Id { get; } = state.Id;

    public TransactionState State { get; } = state;

    public Dictionary<SiloAddress, List<NamedParticipant>> BySilo { get; } = bySilo;

    public IReadOnlyList<SiloAddress> Members { get; } = [.. bySilo.Keys];

    public SpanningDecider Decider { get; } = decider;

    public SpanningCoordinator Machine { get; } = new([.. bySilo.Keys], decider);

    /// <summary>What a member that asks is told.</summary>
    public MemberAnswer Answer
    {
        get
        {
            lock (Gate)
                return Machine.Answer;
        }
    }

    /// <summary>The rows of the members that have sealed. The gate guards it.</summary>
    public List<SealedRows> Rows { get; } = [];

    /// <summary>The numbers that are used if it is committed. The gate guards it.</summary>
    public List<HighNumber> Numbers { get; } = [];

    /// <summary>Whether a member was left without the decision, because it is dead.</summary>
    public bool HasLeftOut { get; set; }

    /// <summary>Whether the storage has the commit, with its outcome.</summary>
    public bool IsStored { get; set; }

    public Task<CommitResult> Result => _result.Task;

    public void Complete(CommitResult result)
        => _result.TrySetResult(result.IsCommitted && Numbers.Count > 0
            ? result with { Numbers = Numbers }
            : result);

    /// <summary>
    /// The storage has the commit: its caller waits for slow members no longer than this.
    /// </summary>
    public void CompleteAfter(TimeProvider time)
        => _ = Task.Delay(SpanningCommit.ApplyPatience, time).ContinueWith(
            _ => Complete(CommitResult.Committed),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
}
