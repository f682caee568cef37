using Memento.Commit.Mixed;
using Memento.Commit.Prepared;
using Memento.Storage;
using Memento.Tables;
using Memento.Tests.Clusters;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// Silos with tables, and with transactional grains whose states outlive them; clients with Memento
/// and with Orleans alone. Storages, states and the calls of the two-phase commit fail or stand
/// still when a test says so.
/// </summary>
internal sealed class MixedScene : IAsyncDisposable
{
    private readonly FaultyPlace _place;
    private readonly List<IHost> _clients = [];
    private IServiceProvider? _client;
    private int _key;
    private TimeSpan _asksAfter;

    private MixedScene(StorageUnderTest place) => _place = new FaultyPlace(place);

    public SiloCluster Cluster { get; private set; } = null!;

    public SharedStates States { get; } = new();

    public CallFaults Calls { get; } = new();

    /// <summary>The storage of each silo, in the order in which they were started.</summary>
    public IReadOnlyList<FaultyStorage> Storages => _place.Storages;

    public IMemento Memento => Cluster.Silos[0].Memento;

    public IEnumerable<PreparedTransactions> Prepared => Each<PreparedTransactions>();

    /// <param name="silos">How many.</param>
    /// <param name="place">What the tables on disk are kept in. It becomes the scene's.</param>
    /// <param name="asksAfter">
    /// How long a participant waits for its decision before it asks; null: a short time.
    /// </param>
    public static async Task<MixedScene> StartAsync(
        int silos, StorageUnderTest place, TimeSpan? asksAfter = null)
    {
        var scene = new MixedScene(place) { _asksAfter = asksAfter ?? TimeSpan.FromSeconds(2) };
        scene.Cluster = await SiloCluster.StartAsync(
            silos,
            static memento => memento
                .AddTable<RamAccount>().AddTable<DiskAccount>().AddTable<Coin>().AddTable<Bill>(),
            scene._place,
            scene.Configure);
        return scene;
    }

    /// <summary>Whether a batch has a decision that grains wait for.</summary>
    public static bool Decides(JournalBatch batch)
        => batch.Entries.Any(static entry => entry.Writes.Any(static row
            => row.Table == StorageNames.Decisions && row.Document is not null));

    /// <summary>A number that no other test of the scene has; 100 follow it.</summary>
    public int NewKey() => 100 * Interlocked.Increment(ref _key);

    /// <summary>Opens the first silo, or a client with Memento.</summary>
    public async Task<Desk> OpenAsync(bool isClient)
        => new(isClient
            ? _client ??= (await Cluster.ConnectAsync()).Services
            : Cluster.Silos[0].Services);

    /// <summary>Connects a client that has no Memento.</summary>
    public async Task<VaultClient> ConnectAsync()
    {
        TestClient known = await Cluster.ConnectAsync();
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
        TestSilo first = Cluster.Silos[0];
        await (isKilled ? Cluster.KillAsync(first) : Cluster.StopAsync(first));
        await Cluster.StartSiloAsync();
    }

    /// <summary>The committed coin and bill of a name.</summary>
    public async Task<(long Coin, long Bill)> ReadAsync(string name)
        => await Memento.TransactionAsync(async tx => (
            (await tx.ReadAsync<Coin>(name))?.Value ?? 0,
            (await tx.ReadAsync<Bill>(name))?.Value ?? 0)).Within("the tables are read");

    /// <summary>
    /// Waits until nothing is prepared or locked, and each grain has applied what was decided. A
    /// silo in which a grain has used partitions of others may know the transaction until its time
    /// limit.
    /// </summary>
    public Task UntilIdleAsync()
        => Waiting.UntilAsync(
            () => Each<MixedCommits>().All(static each => each.Count == 0)
                && Prepared.All(static each => each.Count == 0)
                && Cluster.Partitions.All(static each => each.IsIdle()),
            "nothing is decided, prepared or locked");

    /// <summary>Ends all faults.</summary>
    public void Mend()
    {
        Calls.Clear();
        States.OnWrite = null;
        foreach (FaultyStorage each in Storages)
        {
            each.Plan = null;
            each.Unblock();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Mend();
        foreach (IHost each in _clients)
        {
            await each.StopAsync();
            each.Dispose();
        }

        await Cluster.DisposeAsync();
        await _place.DisposeAsync();
    }

    private IEnumerable<T> Each<T>()
        where T : notnull
        => Cluster.Silos.Select(static each => each.Services.GetRequiredService<T>());

    private void Configure(ISiloBuilder silo)
    {
        States.AddTo(silo);
        silo.AddIncomingGrainCallFilter(Calls);
        silo.Configure<TransactionalStateOptions>(options =>
        {
            options.ConfirmationRetryDelay = TimeSpan.FromMilliseconds(200);
            options.PrepareTimeout = TimeSpan.FromSeconds(8);
            options.RemoteTransactionPingFrequency = _asksAfter;

            // A state is locked for as long as its transaction may run, or this if it is longer.
            options.LockTimeout = TimeSpan.FromSeconds(1);
        });
    }
}
