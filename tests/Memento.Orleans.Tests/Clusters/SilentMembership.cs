using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Clusters;

/// <summary>
/// The membership of a silo, which a test makes silent: who refreshes it then waits until he gives
/// up, as in a silo that stops.
/// </summary>
internal sealed class SilentMembership
{
    private readonly TaskCompletionSource _asked = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it is silent from now on.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Ends when somebody has refreshed it in silence.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Puts it before the membership of a silo.</summary>
    public void Use(ISiloBuilder silo)
    {
        ServiceDescriptor real = silo.Services.Last(
            static each => each.ServiceType == typeof(IClusterMembershipService));
        silo.Services.AddSingleton<IClusterMembershipService>(services => new Decorated(
            this, (IClusterMembershipService)real.ImplementationFactory!(services)));
    }

    private sealed class Decorated(SilentMembership owner, IClusterMembershipService real)
        : IClusterMembershipService
    {
        public ClusterMembershipSnapshot CurrentSnapshot => real.CurrentSnapshot;

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates
            => real.MembershipUpdates;

        public ValueTask Refresh(MembershipVersion minimumVersion)
            => Refresh(minimumVersion, CancellationToken.None);

        public ValueTask Refresh(
            MembershipVersion minimumVersion, CancellationToken cancellationToken)
        {
            if (!owner.IsSilent) return real.Refresh(minimumVersion, cancellationToken);

            owner._asked.TrySetResult();
            return new ValueTask(Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));
        }

        public Task<bool> TryKill(SiloAddress siloAddress) => real.TryKill(siloAddress);
    }
}
