using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Memento.Tests.Hosting;

public class FailureDetectionTests
{
    private static readonly ClusterMembershipOptions Defaults = new();

    [Fact]
    public void A_silo_that_died_is_told_within_ten_seconds()
    {
        ClusterMembershipOptions membership = Read();

        Assert.Equal(TimeSpan.FromSeconds(1), membership.ProbeTimeout);
        Assert.Equal(TimeSpan.FromSeconds(1), membership.MinProbeTimeout);
        Assert.InRange(
            membership.MaxProbeTimeout * membership.NumMissedProbesLimit,
            TimeSpan.FromSeconds(3),
            TimeSpan.FromSeconds(6));
        Assert.Equal(2, membership.NumVotesForDeathDeclaration);
        Assert.Equal(TimeSpan.FromSeconds(10), membership.TableRefreshTimeout);
        Assert.Equal(
            TimeSpan.FromSeconds(15),
            membership.IAmAliveTablePublishTimeout * membership.NumMissedTableIAmAliveLimit);
    }

    [Fact]
    public void An_option_turns_it_off()
    {
        ClusterMembershipOptions membership = Read(
            memento => memento.Configure(static options => options.FastFailureDetection = false));

        Assert.Equivalent(Defaults, membership);
    }

    [Fact]
    public void The_settings_turn_it_off()
        => Assert.Equivalent(Defaults, Read(setting: "false"));

    [Theory]
    [InlineData(nameof(ClusterMembershipOptions.ProbeTimeout))]
    [InlineData(nameof(ClusterMembershipOptions.MinProbeTimeout))]
    [InlineData(nameof(ClusterMembershipOptions.MaxProbeTimeout))]
    public void An_application_that_sets_one_time_of_probes_has_chosen_all(string name)
    {
        var property = typeof(ClusterMembershipOptions).GetProperty(name)!;
        var expected = new ClusterMembershipOptions
        {
            TableRefreshTimeout = TimeSpan.FromSeconds(10),
            IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5),
        };
        property.SetValue(expected, TimeSpan.FromSeconds(6));

        Assert.Equivalent(expected, Read(configureMembership: membership
            => property.SetValue(membership, TimeSpan.FromSeconds(6))));
    }

    [Fact]
    public void What_the_application_sets_counts_though_it_stands_after_AddMemento()
    {
        ClusterMembershipOptions membership = Read(configureMembership: static membership =>
        {
            membership.NumMissedProbesLimit = 8;
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(7);
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(11);
        });

        Assert.Equal(Defaults.ProbeTimeout, membership.ProbeTimeout);
        Assert.Equal(Defaults.MaxProbeTimeout, membership.MaxProbeTimeout);
        Assert.Equal(TimeSpan.FromSeconds(7), membership.TableRefreshTimeout);
        Assert.Equal(TimeSpan.FromSeconds(11), membership.IAmAliveTablePublishTimeout);
    }

    [Fact]
    public void A_client_learns_of_gateways_every_five_seconds()
        => Assert.Equal(
            TimeSpan.FromSeconds(5), ReadGateways(static _ => { }).GatewayListRefreshPeriod);

    [Fact]
    public void A_client_keeps_the_time_that_its_application_sets()
        => Assert.Equal(
            TimeSpan.FromSeconds(40),
            ReadGateways(static client => client.Configure<GatewayOptions>(static options
                => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(40)))
                .GatewayListRefreshPeriod);

    private static ClusterMembershipOptions Read(
        Action<IMementoBuilder>? configure = null,
        Action<ClusterMembershipOptions>? configureMembership = null,
        string setting = "true")
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration["Memento:FastFailureDetection"] = setting;
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering()
            .AddMemento(configure)
            .Configure<ClusterMembershipOptions>(
                membership => configureMembership?.Invoke(membership)));
        using IHost host = builder.Build();
        return host.Services.GetRequiredService<IOptions<ClusterMembershipOptions>>().Value;
    }

    private static GatewayOptions ReadGateways(Action<IClientBuilder> configure)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleansClient(client =>
        {
            client.UseLocalhostClustering().AddMemento();
            configure(client);
        });
        using IHost host = builder.Build();
        return host.Services.GetRequiredService<IOptions<GatewayOptions>>().Value;
    }
}
