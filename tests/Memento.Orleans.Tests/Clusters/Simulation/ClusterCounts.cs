using System.Globalization;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>What happened in the schedules, so that a test sees that it did happen.</summary>
internal sealed class ClusterCounts
{
    private readonly SortedDictionary<Happening, long> _counts = [];

    public long this[Happening what] => _counts.GetValueOrDefault(what);

    public int MostSteps { get; set; }

    /// <summary>Whether something happens only where grains take part.</summary>
    public static bool IsOfGrains(Happening what) => what >= Happening.ManagedBySilo;

    public void Add(Happening what)
        => _counts[what] = _counts.GetValueOrDefault(what) + 1;

    public override string ToString()
        => string.Join(", ", Enum.GetValues<Happening>().Select(each => string.Create(
            CultureInfo.InvariantCulture, $"{each} {this[each]}")))
            + string.Create(CultureInfo.InvariantCulture, $"; most steps {MostSteps}");
}

/// <summary>What can happen in a schedule.</summary>
internal enum Happening
{
    Committed = 0,
    CommittedOverSilos,
    Aborted,
    InDoubt,
    LockWait,
    LockRefusal,
    LostMessage,
    DoubledMessage,
    Crash,
    Pause,
    Restart,
    FalseVerdict,
    Stop,
    TakenOver,
    HandedOver,
    RamLost,
    RamLostUntold,
    LeaseRanOut,
    PartitionTaken,
    FailedBatch,
    BatchInDoubt,
    FencedBatch,
    TakenBack,
    DecidedByCoordinator,
    DecidedByStorage,
    DecidedByMembers,
    AnswerLookedUp,
    KeptAppendSent,
    KeptAppendSealed,
    SnapshotTaken,
    SnapshotTakenAlone,
    SnapshotRead,
    SnapshotEnded,
    CutTriedAgain,
    OpenedByItself,
    ReaderHeld,
    AppliedAtCut,
    LaterOwnerShown,

    // With grains only.
    ManagedBySilo,
    ManagedByGrain,
    GrainRestored,
    GrainStorageFailed,
    GrainConflict,
    GrainEnded,
    PartPrepared,
    PartRestored,
    PartConfirmed,
    PartCancelled,
    PartAsked,
    DecisionAdopted,
    DecidedForGrain,
    DoubtSettled,
}
