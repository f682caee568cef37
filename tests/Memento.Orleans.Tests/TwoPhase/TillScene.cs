using Memento.Commit.Mixed;
using Memento.Storage;
using Memento.Tables;
using Memento.Testing;
using Memento.Tests.Clusters;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// Silos with accounts in tables and tills in grains, whose storages and whose calls of the
/// two-phase commit fail or stand still when a test says so.
/// </summary>
internal sealed class TillScene : IAsyncDisposable
{
    private readonly FaultyPlace _place;
    private IServiceProvider? _client;
    private int _key;

    private TillScene(FaultyPlace place) => _place = place;

    public SharedStates States { get; } = new();

    public SiloCluster Cluster { get; private set; } = null!;

    /// <summary>Called before each grain call, with the name of its method.</summary>
    public Func<string, Task>? OnCall { get; set; }

    /// <summary>The storage of each silo, in the order in which they were started.</summary>
    public IReadOnlyList<FaultyStorage> Storages => _place.Storages;

    public static async Task<TillScene> StartAsync<TStorage>(int silos)
        where TStorage : StorageUnderTest, new()
    {
        var scene = new TillScene(new FaultyPlace(new TStorage()));
        scene.Cluster = await SiloCluster.StartAsync(
            silos,
            static memento => memento.AddTable<RamAccount>().AddTable<DiskAccount>(),
            scene._place,
            scene.Configure);
        return scene;
    }

    /// <summary>Whether a batch has a decision that grains wait for.</summary>
    public static bool Decides(JournalBatch batch)
        => batch.Entries.Any(static entry => entry.Writes.Any(static row
            => row.Table == StorageNames.Decisions && row.Document is not null));

    /// <summary>A number that no other test of the scene has.</summary>
    public int NewKey() => 100 * Interlocked.Increment(ref _key);

    public async Task<TillDesk> OpenAsync(bool isClient)
        => new(isClient
            ? _client ??= (await Cluster.ConnectAsync()).Services
            : Cluster.Silos[0].Services);

    /// <summary>Nothing is locked, and nobody has to be told anything.</summary>
    public async Task UntilIdleAsync()
    {
        await Waiting.UntilAsync(
            () => Cluster.Silos.All(static silo
                => silo.Services.GetRequiredService<MixedCommits>().Count == 0),
            "each till has applied what was decided");
        await Cluster.UntilIdleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        OnCall = null;
        foreach (FaultyStorage each in Storages)
        {
            each.Plan = null;
            each.Unblock();
        }

        await Cluster.DisposeAsync();
        await _place.DisposeAsync();
    }

    private void Configure(ISiloBuilder silo)
    {
        States.AddTo(silo);
        silo.AddIncomingGrainCallFilter(async call =>
        {
            if (OnCall is { } seen) await seen(call.MethodName);
            await call.Invoke();
        });
        silo.Configure<TransactionalStateOptions>(static options =>
            options.ConfirmationRetryDelay = TimeSpan.FromMilliseconds(200));
    }
}
