using Memento.Messages;

namespace Memento.Silos.Snapshots;

/// <summary>
/// The silos of the cluster, as parts of snapshots. A call throws if its silo does not answer.
/// </summary>
internal interface ICutSilos
{
    /// <summary>This silo.</summary>
    SiloAddress Here { get; }

    /// <summary>The other silos that may have partitions: those that serve or stop.</summary>
    SiloAddress[] OthersNow { get; }

    /// <summary>The silos that have ended, by the membership.</summary>
    SiloAddress[] DeadNow { get; }

    /// <summary>Whether the membership says that a silo has ended.</summary>
    bool IsDead(SiloAddress silo);

    Task PrepareCutAsync(SiloAddress silo, Guid cut, bool givesTurn);

    Task<CloseAnswer> CloseForCutAsync(SiloAddress silo, Guid cut);

    Task<CutAnswer> CutAsync(SiloAddress silo, CutOrder order);

    Task OpenAfterCutAsync(SiloAddress silo, Guid cut);

    Task<SnapshotAnswer> ReadSnapshotAsync(SiloAddress silo, SnapshotRead request);

    Task EndSnapshotAsync(SiloAddress silo, Guid snapshot);
}
