using Memento.Messages;

namespace Memento.Silos.HandOver;

/// <summary>
/// The silos of the cluster, as owners of partitions. A call throws if its silo does not answer.
/// </summary>
internal interface IOtherSilos
{
    /// <summary>This silo.</summary>
    SiloAddress Here { get; }

    /// <summary>The other silos that may have partitions: those that serve or stop.</summary>
    IReadOnlyList<SiloAddress> Others { get; }

    /// <summary>The silos that serve, with this one if it does; sorted.</summary>
    SiloAddress[] Serving { get; }

    /// <summary>
    /// Whether this silo knows of each that serves whether it can have partitions. That comes a
    /// little later than the membership's word that it serves.
    /// </summary>
    bool AreAllKnown { get; }

    /// <summary>
    /// Whether the membership says that a silo has ended. Such a silo never comes back.
    /// </summary>
    bool IsDead(SiloAddress silo);

    Task<GiveUpAnswer> GiveUpAsync(SiloAddress silo, GiveUpRequest request);

    Task<FetchAnswer?> FetchAsync(SiloAddress silo, FetchRequest request);

    Task<bool> ReleaseAsync(SiloAddress silo, ReleaseRequest request);

    Task RememberAsync(SiloAddress silo, RememberRequest request);

    /// <summary>Asks a silo which owners of partitions it knows.</summary>
    Task<KnownOwner[]> FindOwnersAsync(SiloAddress silo);

    /// <summary>Reads the membership now, instead of when others tell of its change.</summary>
    /// <param name="cancellationToken">
    /// Ends the wait. In a silo that stops, Orleans may wait for ever for what it has read.
    /// </param>
    Task RefreshAsync(CancellationToken cancellationToken);

    /// <summary>The changes of the membership.</summary>
    IAsyncEnumerable<ClusterMembershipSnapshot> ChangesAsync();
}
