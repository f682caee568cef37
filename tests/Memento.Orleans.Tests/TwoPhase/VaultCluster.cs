using Memento.Commit.Prepared;
using Memento.Tests.Clusters;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// Silos with tables and transactional grains, and a client of Orleans alone, whose agent ends the
/// transactions that the grains begin.
/// </summary>
internal sealed class VaultCluster : IAsyncDisposable
{
    private readonly List<IHost> _clients = [];
    private readonly SiloCluster _cluster;

    private VaultCluster(SiloCluster cluster, CallFaults calls)
    {
        _cluster = cluster;
        Calls = calls;
    }

    /// <summary>The calls of the two-phase commit that are lost.</summary>
    public CallFaults Calls { get; }

    public SiloCluster Silos => _cluster;

    public IMemento Memento => _cluster.Silos[0].Memento;

    public IEnumerable<PreparedTransactions> Prepared
        => _cluster.Silos.Select(static each =>
            each.Services.GetRequiredService<PreparedTransactions>());

    public static async Task<VaultCluster> StartAsync(int silos, StorageUnderTest place)
    {
        var calls = new CallFaults();
        var states = new SharedStates();
        var cluster = new VaultCluster(
            await SiloCluster.StartAsync(
                silos,
                static memento => memento.AddTable<Coin>().AddTable<Bill>(),
                place,
                silo =>
                {
                    states.AddTo(silo);
                    silo.AddIncomingGrainCallFilter(calls);
                    silo.Configure<TransactionalStateOptions>(static options =>
                    {
                        options.ConfirmationRetryDelay = TimeSpan.FromMilliseconds(200);
                        options.PrepareTimeout = TimeSpan.FromSeconds(8);
                    });
                }),
            calls);
        return cluster;
    }

    /// <summary>Connects a client that has no Memento.</summary>
    public async Task<VaultClient> ConnectAsync()
    {
        TestClient known = await _cluster.ConnectAsync();
        var gateways = known.Services.GetRequiredService<IGatewayListProvider>();
        ClusterOptions name = known.Services.GetRequiredService<IOptions<ClusterOptions>>().Value;
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(options =>
                (options.ClusterId, options.ServiceId) = (name.ClusterId, name.ServiceId));
            client.Services.AddSingleton(gateways);
            client.UseTransactions();
        });
        IHost host = builder.Build();
        _clients.Add(host);
        await host.StartAsync().Within("a client connects");
        return new VaultClient(host.Services);
    }

    /// <summary>Ends the first silo, and starts another one.</summary>
    public async Task ReplaceSiloAsync(bool isKilled)
    {
        TestSilo first = _cluster.Silos[0];
        await (isKilled ? _cluster.KillAsync(first) : _cluster.StopAsync(first));
        await _cluster.StartSiloAsync();
    }

    /// <summary>The committed coin and bill of a name.</summary>
    public async Task<(long Coin, long Bill)> ReadAsync(string name)
        => await Memento.TransactionAsync(async tx => (
            (await tx.ReadAsync<Coin>(name))?.Value ?? 0,
            (await tx.ReadAsync<Bill>(name))?.Value ?? 0)).Within("the tables are read");

    /// <summary>Waits until nothing is prepared, locked or running.</summary>
    public async Task UntilIdleAsync()
        => await Waiting.UntilAsync(
            () => Prepared.All(static each => each.Count == 0)
                && _cluster.Partitions.All(static each => each.IsIdle()),
            "nothing is prepared or locked");

    public async ValueTask DisposeAsync()
    {
        foreach (IHost each in _clients)
        {
            await each.StopAsync();
            each.Dispose();
        }

        await _cluster.DisposeAsync();
    }
}
