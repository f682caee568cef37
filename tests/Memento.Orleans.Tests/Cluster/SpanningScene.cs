using Memento.Commit;
using Memento.Partitions;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Cluster;

/// <summary>Three silos with one disk, and a client.</summary>
internal sealed class SpanningScene : IAsyncDisposable
{
    private readonly MementoTestCluster _cluster;

    private SpanningScene(MementoTestCluster cluster, MemoryDisk disk)
    {
        _cluster = cluster;
        Disk = disk;
    }

    public MemoryDisk Disk { get; }

    public IMemento Client => _cluster.Memento;

    public IMemento[] Silos => [.. Services.Select(
        static each => each.GetRequiredService<IMemento>())];

    public IServiceProvider[] Services => [.. _cluster.Cluster.Silos.Select(
        silo => _cluster.Cluster.GetSiloServiceProvider(silo.SiloAddress))];

    public int SilosWithPartitions => Services.Count(
        static each => each.GetRequiredService<PartitionDirectory>().All.Any());

    public static async Task<SpanningScene> StartAsync()
    {
        var disk = new MemoryDisk();
        MementoTestCluster cluster = await MementoTestCluster.StartAsync(
            memento => memento.AddTable<RamAccount>().AddTable<DiskAccount>()
                .UseStorage(_ => new MemoryJournalStorage(disk)),
            static builder => builder.Options.InitialSilosCount = 3);
        return new SpanningScene(cluster, disk);
    }

    /// <summary>Waits until nothing is locked, sealed or coordinated in any silo.</summary>
    public Task IdleAsync() => Waiting.UntilAsync(
        () => Services.All(static each =>
            each.GetRequiredService<PartitionDirectory>().All.All(static one => one.IsIdle())
            && each.GetRequiredService<MemberCommits>().Count == 0
            && each.GetRequiredService<SpanningCommit>().Count == 0),
        "nothing is locked, sealed or coordinated");

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
