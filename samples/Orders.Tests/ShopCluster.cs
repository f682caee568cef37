using Memento;

namespace Orders.Tests;

/// <summary>Three silos of the shop. The accounts are in a folder that all of them write.</summary>
public sealed class ShopCluster : IAsyncLifetime
{
    private const int Silos = 3;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orders-");
    private MementoTestCluster? _cluster;

    public MementoTestCluster Cluster => _cluster!;

    public async ValueTask InitializeAsync()
        => _cluster = await MementoTestCluster.StartAsync(
            static memento => memento.AddOrders(),
            Silos,
            silo => silo.AddAccounts(_folder.FullName),
            cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Before each test: all silos, and no record.</summary>
    public async Task ResetAsync(CancellationToken cancellationToken)
    {
        while (Cluster.Silos.Count < Silos)
            await Cluster.AddSiloAsync(cancellationToken);
        await Cluster.ResetAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
