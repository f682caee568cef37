using Memento.Partitions;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;

namespace Memento.Tests.Clusters;

/// <summary>
/// The cluster that applications test on, on a storage of the suites, without a client of its own.
/// Each wait has a bound.
/// </summary>
internal sealed class SiloCluster : IAsyncDisposable
{
    private readonly MementoTestCluster _cluster;

    private SiloCluster(MementoTestCluster cluster) => _cluster = cluster;

    /// <summary>The silos that run, in the order in which they were started.</summary>
    public IReadOnlyList<TestSilo> Silos => _cluster.Silos;

    /// <summary>The faults of the storage.</summary>
    public TestStorage Storage => _cluster.Storage;

    /// <summary>The open partitions of all silos.</summary>
    public IEnumerable<Partition> Partitions => _cluster.Partitions;

    /// <summary>Starts some silos, one after the other.</summary>
    /// <param name="silos">How many.</param>
    /// <param name="configure">Registers the tables, in silos and clients.</param>
    /// <param name="place">
    /// What the disk tables are kept in, shared by the silos; null where all tables are in ram. It
    /// stays the caller's.
    /// </param>
    /// <param name="configureSilo">Configures each silo further.</param>
    public static async Task<SiloCluster> StartAsync(
        int silos,
        Action<IMementoBuilder> configure,
        StorageUnderTest? place = null,
        Action<ISiloBuilder>? configureSilo = null)
    {
        if (place is { IsShared: false } && silos > 1)
            throw new ArgumentException("Only one silo can have that storage.", nameof(place));

        var cluster = new SiloCluster(new MementoTestCluster(
            memento =>
            {
                configure(memento);
                place?.Use(memento);
            },
            configureSilo,
            configureClient: null));
        try
        {
            for (int i = 0; i < silos; i++)
                await cluster.StartSiloAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="MementoTestCluster.AddSiloAsync"/>
    public Task<TestSilo> StartSiloAsync()
        => _cluster.AddSiloAsync().Within($"silo {Silos.Count} starts");

    /// <inheritdoc cref="MementoTestCluster.StopSiloAsync"/>
    public Task StopAsync(TestSilo silo)
        => _cluster.StopSiloAsync(silo).Within($"{silo} stops", Waiting.LongBound);

    /// <inheritdoc cref="MementoTestCluster.KillSiloAsync"/>
    public Task KillAsync(TestSilo silo)
        => _cluster.KillSiloAsync(silo).Within($"{silo} is killed");

    /// <inheritdoc cref="MementoTestCluster.ConnectAsync"/>
    public Task<TestClient> ConnectAsync() => _cluster.ConnectAsync().Within("a client connects");

    /// <inheritdoc cref="MementoTestCluster.UntilIdleAsync"/>
    public Task UntilIdleAsync() => _cluster.UntilIdleAsync();

    /// <inheritdoc cref="MementoTestCluster.SiloOfAsync"/>
    public Task<TestSilo> SiloOfAsync<T>(object key)
        where T : class
        => _cluster.SiloOfAsync<T>(key).Within();

    /// <inheritdoc cref="MementoTestCluster.KeysInAsync"/>
    public Task<IReadOnlyList<TKey>> KeysInAsync<T, TKey>(
        TestSilo silo, int count, Func<int, TKey> key)
        where T : class
        where TKey : notnull
        => _cluster.KeysInAsync<T, TKey>(silo, count, key).Within();

    /// <summary>Moves the partition of a key to a silo, with its records.</summary>
    public Task MoveAsync<T>(object key, TestSilo silo)
        where T : class
        => _cluster.MovePartitionAsync<T>(_cluster.PartitionOf<T>(key), silo)
            .Within($"a partition moves to {silo}");

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
