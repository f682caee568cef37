using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;
using Orleans.Runtime.Membership;
using Orleans.Runtime.MembershipService;

namespace Memento.Storage.PostgreSql;

/// <summary>Orleans' membership table, which makes its schema first.</summary>
internal sealed class PostgreSqlMembershipTable(
    PostgreSqlMembership membership,
    IServiceProvider services,
    IOptions<ClusterOptions> cluster,
    IOptions<AdoNetClusteringSiloOptions> options,
    ILogger<AdoNetClusteringTable> logger)
    : AdoNetClusteringTable(services, cluster, options, logger), IMembershipTable
{
    Task IMembershipTable.InitializeMembershipTable(bool tryInitTableVersion)
        => InitializeAsync(tryInitTableVersion, CancellationToken.None);

    Task IMembershipTable.InitializeMembershipTableAsync(
        bool tryInitTableVersion, CancellationToken cancellationToken)
        => InitializeAsync(tryInitTableVersion, cancellationToken);

    private async Task InitializeAsync(bool isVersionMade, CancellationToken cancellationToken)
    {
        await membership.MakeAsync(cancellationToken).ConfigureAwait(false);
        await InitializeMembershipTableAsync(isVersionMade, cancellationToken)
            .ConfigureAwait(false);
    }
}

/// <summary>Orleans' list of gateways, which says where there is no cluster.</summary>
internal sealed class PostgreSqlGateways(
    PostgreSqlMembership membership,
    ILogger<AdoNetGatewayListProvider> logger,
    IServiceProvider services,
    IOptions<AdoNetClusteringClientOptions> options,
    IOptions<GatewayOptions> gateways,
    IOptions<ClusterOptions> cluster)
    : AdoNetGatewayListProvider(logger, services, options, gateways, cluster), IGatewayListProvider
{
    Task IGatewayListProvider.InitializeGatewayListProvider()
        => InitializeAsync(CancellationToken.None);

    Task IGatewayListProvider.InitializeGatewayListProviderAsync(
        CancellationToken cancellationToken)
        => InitializeAsync(cancellationToken);

    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        await membership.RequireAsync(cancellationToken).ConfigureAwait(false);
        await InitializeGatewayListProviderAsync(cancellationToken).ConfigureAwait(false);
    }
}
