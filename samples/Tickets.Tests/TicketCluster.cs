using Memento;
using Orleans.Configuration;

namespace Tickets.Tests;

/// <summary>Three silos of the application, which the tests of a class share.</summary>
public sealed class TicketCluster : IAsyncLifetime
{
    private const int Silos = 3;

    private MementoTestCluster? _cluster;

    public MementoTestCluster Cluster => _cluster!;

    public async ValueTask InitializeAsync()
        => _cluster = await MementoTestCluster.StartAsync(
            static memento => memento
                .AddTables(typeof(Show).Assembly)
                .Configure(static options => options.LeaseDuration = TimeSpan.FromSeconds(2)),
            Silos,

            // A call to a grain whose silo dies waits for that long.
            configureClient: static client => client.Configure<ClientMessagingOptions>(
                static options => options.ResponseTimeout = TimeSpan.FromSeconds(3)),
            cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Before each test: all silos, and no record.</summary>
    public async Task ResetAsync(CancellationToken cancellationToken)
    {
        while (Cluster.Silos.Count < Silos)
            await Cluster.AddSiloAsync(cancellationToken);
        await Cluster.ResetAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? default;
}
