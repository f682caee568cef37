using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Memento;

/// <summary>
/// A store for the tests of an application: a silo, and a client that reaches it through its
/// gateway, over Orleans' <see cref="InProcessTestCluster"/>. Disk tables are in an SQLite file of
/// the cluster, which is removed with it.
/// </summary>
/// <remarks>The cluster has one silo: the store does not run in several yet.</remarks>
public sealed class MementoTestCluster : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private bool _isDisposed;

    private MementoTestCluster(InProcessTestCluster cluster, DirectoryInfo folder)
    {
        Cluster = cluster;
        _folder = folder;
    }

    /// <summary>
    /// Orleans' cluster, with its grains, its services, and ways to stop a silo at a bad moment.
    /// </summary>
    public InProcessTestCluster Cluster { get; }

    /// <summary>
    /// The store of the client: each call is a message. After <see cref="RestartSiloAsync"/> it is
    /// a new object.
    /// </summary>
    public IMemento Memento => Cluster.Client.ServiceProvider.GetRequiredService<IMemento>();

    /// <summary>
    /// The store inside the silo: each call is a method call. After <see cref="RestartSiloAsync"/>
    /// it is a new object.
    /// </summary>
    public IMemento SiloMemento
        => Cluster.GetSiloServiceProvider(Silo.SiloAddress).GetRequiredService<IMemento>();

    private InProcessSiloHandle Silo => Cluster.Silos[0];

    /// <summary>Starts a silo and a client.</summary>
    /// <param name="configure">
    /// Registers tables, in the silo and the client. A storage that it chooses takes the place of
    /// the SQLite file.
    /// </param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="InvalidTableException">A definition breaks a rule.</exception>
    /// <exception cref="StorageException">The storage cannot be opened.</exception>
    public static Task<MementoTestCluster> StartAsync(
        Action<IMementoBuilder> configure, CancellationToken cancellationToken = default)
        => StartAsync(configure, configureCluster: null, cancellationToken);

    /// <summary>Starts a silo and a client in a cluster that is configured further.</summary>
    /// <param name="configure">
    /// Registers tables, in the silo and the client. A storage that it chooses takes the place of
    /// the SQLite file.
    /// </param>
    /// <param name="configureCluster">
    /// Adds services, other storage or logging to the silo and the client.
    /// </param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="InvalidTableException">A definition breaks a rule.</exception>
    /// <exception cref="StorageException">The storage cannot be opened.</exception>
    public static async Task<MementoTestCluster> StartAsync(
        Action<IMementoBuilder> configure,
        Action<InProcessTestClusterBuilder>? configureCluster,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("memento-test-");
        MementoTestCluster? cluster = null;
        try
        {
            cluster = new MementoTestCluster(Build(folder, configure, configureCluster), folder);
            await cluster.Cluster.DeployAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            if (cluster is not null)
                await cluster.DisposeAsync();
            else
                folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>
    /// Stops the silo as a deployment does, starts it again, and connects a new client. Disk tables
    /// have their records again; ram tables are empty.
    /// </summary>
    /// <param name="cancellationToken">Cancels the restart.</param>
    public async Task RestartSiloAsync(CancellationToken cancellationToken = default)
    {
        await Cluster.StopClusterClientAsync(cancellationToken);
        await Cluster.RestartSiloAsync(Silo);
        await Cluster.InitializeClientAsync(cancellationToken);
    }

    /// <summary>Stops the client and the silo, and removes the SQLite file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;

        try
        {
            await Cluster.StopAllSilosAsync();
        }
        finally
        {
            await Cluster.DisposeAsync();
            _folder.Delete(recursive: true);
        }
    }

    private static InProcessTestCluster Build(
        DirectoryInfo folder,
        Action<IMementoBuilder> configure,
        Action<InProcessTestClusterBuilder>? configureCluster)
    {
        string database = Path.Combine(folder.FullName, "test.db");
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 1);
        builder.ConfigureSilo((_, silo) => silo.AddMemento(memento =>
        {
            // A storage that the caller chooses takes its place.
            memento.Configure(options => options.ConnectionString = $"Data Source={database}");
            configure(memento);
        }));
        builder.ConfigureClient(client => client.AddMemento(configure));
        configureCluster?.Invoke(builder);
        return builder.Build();
    }
}
