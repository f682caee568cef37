using Memento;

namespace Tickets.Tests;

/// <summary>Three silos of the application, which the tests of a class share.</summary>
public sealed class TicketCluster : IAsyncLifetime
{
    private const int Silos = 3;

    private MementoTestCluster? _cluster;

    public MementoTestCluster Cluster => _cluster!;

    public async ValueTask InitializeAsync()
        => _cluster = await MementoTestCluster.StartAsync(
            static memento => memento.AddTables(typeof(Show).Assembly),
            Silos,
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
