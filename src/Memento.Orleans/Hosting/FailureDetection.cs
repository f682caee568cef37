using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Memento.Hosting;

/// <summary>
/// Lets the cluster tell sooner that a silo has died than Orleans' defaults do, and lets clients
/// learn of it sooner. What the application has set stays as it is.
/// </summary>
/// <param name="options">Says whether to.</param>
internal sealed class FailureDetection(IOptions<MementoOptions> options)
    : IPostConfigureOptions<ClusterMembershipOptions>, IPostConfigureOptions<GatewayOptions>
{
    /// <summary>How long a silo has for the answer to a probe, and the time between two.</summary>
    public static readonly TimeSpan Probe = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long it has at the most, where its answers take longer. A silo whose connection had a
    /// message within as many of these as probes may be missed is not suspected. With Orleans'
    /// default of 20 s, a silo that stands still would live for a minute.
    /// </summary>
    public static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(2);

    /// <summary>How often a silo reads the membership, in case that nobody told it.</summary>
    public static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often a silo writes that it lives. After three times as long without that, it does not
    /// count among those whose votes are needed. So the last of three silos can tell that both
    /// others are dead, and a cluster of which every silo has died can start again.
    /// </summary>
    public static readonly TimeSpan AliveMark = TimeSpan.FromSeconds(5);

    /// <summary>How often a client reads which gateways there are.</summary>
    public static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(5);

    private static readonly ClusterMembershipOptions Defaults = new();
    private static readonly GatewayOptions GatewayDefaults = new();

    public void PostConfigure(string? name, ClusterMembershipOptions membership)
    {
        if (!options.Value.FastFailureDetection) return;

        // These four make one time, so an application that has set one of them has chosen it.
        if (membership.ProbeTimeout == Defaults.ProbeTimeout
            && membership.MinProbeTimeout == Defaults.MinProbeTimeout
            && membership.MaxProbeTimeout == Defaults.MaxProbeTimeout
            && membership.NumMissedProbesLimit == Defaults.NumMissedProbesLimit)
        {
            membership.ProbeTimeout = Probe;
            membership.MinProbeTimeout = Probe;
            membership.MaxProbeTimeout = LongestProbe;
        }

        if (membership.TableRefreshTimeout == Defaults.TableRefreshTimeout)
            membership.TableRefreshTimeout = TableRefresh;

        if (membership.IAmAliveTablePublishTimeout == Defaults.IAmAliveTablePublishTimeout
            && membership.NumMissedTableIAmAliveLimit == Defaults.NumMissedTableIAmAliveLimit)
        {
            membership.IAmAliveTablePublishTimeout = AliveMark;
        }
    }

    public void PostConfigure(string? name, GatewayOptions gateways)
    {
        if (options.Value.FastFailureDetection
            && gateways.GatewayListRefreshPeriod == GatewayDefaults.GatewayListRefreshPeriod)
        {
            gateways.GatewayListRefreshPeriod = GatewayRefresh;
        }
    }
}
