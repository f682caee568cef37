using Memento.Commit.Spanning;
using Memento.Messages;
using Memento.Participants;

namespace Memento.Commit;

/// <summary>A commit that this silo coordinates.</summary>
internal sealed class Coordination(
    TransactionState state,
    Dictionary<SiloAddress, List<NamedParticipant>> bySilo,
    SpanningDecider decider,
    long stamp,
    KeptDecision? decision)
{
    private readonly TaskCompletionSource<CommitResult> _result =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Lock Gate { get; } = new();

    public Guid Id { get; } = state.Id;

    public TransactionState State { get; } = state;

    public Dictionary<SiloAddress, List<NamedParticipant>> BySilo { get; } = bySilo;

    public IReadOnlyList<SiloAddress> Members { get; } = [.. bySilo.Keys];

    public SpanningDecider Decider { get; } = decider;

    /// <summary>The stamp that it has if it is committed.</summary>
    public long Stamp { get; private set; } = stamp;

    /// <summary>What the storage keeps with the commit; null: nothing more.</summary>
    public KeptDecision? Decision { get; } = decision;

    public SpanningCoordinator Machine { get; } =
        new([.. bySilo.Keys], decider, isStoredAnyway: decision is not null);

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

    /// <summary>
    /// Takes a later stamp where a snapshot has ended the time of the first one meanwhile, and does
    /// not have the commit. Before a step that may decide, inside the latch.
    /// </summary>
    /// <remarks>
    /// The silos in which it has only read, and that were told the first stamp alone, still hold
    /// its locks then: see <see cref="SealRequest.HoldsReaders"/>.
    /// </remarks>
    public void ReplaceClosedStamp(HybridClock clock)
    {
        lock (Gate)
        {
            if (Machine.Answer == MemberAnswer.Pending && clock.IsClosed(Stamp))
                Stamp = clock.Next();
        }
    }

    public void Complete(CommitResult result)
        => _result.TrySetResult(result.IsCommitted
            ? result with
            {
                Numbers = Numbers.Count > 0 ? Numbers : null,
                Stamp = Machine.HasChanges ? Stamp : 0,
            }
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
