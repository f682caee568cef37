using Memento.Commit.Mixed;
using Memento.Tests.Clusters;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Transactions.Abstractions;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// Silos with accounts in tables, and wallets in transactional grains whose states outlive them.
/// </summary>
internal sealed class MixedScene : IAsyncDisposable
{
    private volatile TaskCompletionSource? _confirms;

    private MixedScene()
    {
    }

    public SharedStates States { get; } = new();

    public SiloCluster Cluster { get; private set; } = null!;

    /// <summary>Ends when a confirmation is held: see <see cref="HoldConfirms"/>.</summary>
    public TaskCompletionSource Held { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<MixedScene> StartAsync(int silos, StorageUnderTest? place)
    {
        var scene = new MixedScene();
        scene.Cluster = await SiloCluster.StartAsync(
            silos,
            memento =>
            {
                memento.AddTable<RamAccount>();
                if (place is not null) memento.AddTable<DiskAccount>();
            },
            place,
            scene.Configure);
        return scene;
    }

    /// <summary>Holds the confirmations of wallets, until the next call lets them go.</summary>
    public void HoldConfirms()
        => _confirms = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReleaseConfirms()
    {
        TaskCompletionSource? held = _confirms;
        _confirms = null;
        held?.SetResult();
    }

    /// <summary>Waits until no decision stands any more.</summary>
    public Task UntilToldAsync()
        => Waiting.UntilAsync(
            () => Cluster.Silos.All(static silo
                => silo.Services.GetRequiredService<MixedCommits>().Count == 0),
            "each wallet has applied what was decided");

    /// <summary>
    /// Waits until nothing is locked. A silo in which a grain has used partitions of others knows
    /// the transaction until its time limit.
    /// </summary>
    public Task UntilUnlockedAsync()
        => Waiting.UntilAsync(
            () => Cluster.Partitions.All(static partition => partition.IsIdle()),
            "nothing is locked");

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    private void Configure(ISiloBuilder silo)
    {
        States.AddTo(silo);
        silo.AddIncomingGrainCallFilter(HoldAsync);
    }

    private async Task HoldAsync(IIncomingGrainCallContext call)
    {
        if (_confirms is { } held
            && call.InterfaceMethod.Name == nameof(ITransactionalResourceExtension.Confirm))
        {
            Held.TrySetResult();
            await held.Task;
        }

        await call.Invoke();
    }
}
