using Memento;
using Orleans.Configuration;

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
            silo => silo.AddAccounts(_folder.FullName)
                .Configure<TransactionalStateOptions>(static options =>
                    options.RemoteTransactionPingFrequency = TimeSpan.FromSeconds(1)),
            cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Lets no file of an account be written until it is disposed of.</summary>
    public IDisposable Block(string customer)
        => new Blocked(_folder.CreateSubdirectory($"balance-{customer}.json.new"));

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

    private sealed class Blocked(DirectoryInfo inTheWay) : IDisposable
    {
        public void Dispose() => inTheWay.Delete();
    }
}
