namespace Memento.Silos.Members;

/// <summary>What the store asks the membership.</summary>
internal static class MembershipExtensions
{
    // A silo that this one does not know may have just joined.
    public static bool IsDead(this IClusterMembershipService membership, SiloAddress silo)
        => membership.CurrentSnapshot.GetSiloStatus(silo) == SiloStatus.Dead;

    /// <summary>
    /// The silos that serve or stop. One that stops still has partitions, and answers calls for a
    /// while.
    /// </summary>
    public static IEnumerable<SiloAddress> FindServing(this IClusterMembershipService membership)
        => membership.CurrentSnapshot.Members.Values
            .Where(static each => each.Status
                is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping)
            .Select(static each => each.SiloAddress);
}
