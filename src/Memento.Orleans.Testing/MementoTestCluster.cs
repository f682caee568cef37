using Memento.Hosting;
using Memento.Silos.Placement;
using Memento.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Memento;

/// <summary>
/// A store for the tests of an application: some silos in this process, and a client of them. Silos
/// can be stopped, killed and added, partitions moved, and the storage and the messages between
/// silos made to fail.
/// </summary>
/// <remarks>
/// Each silo is a host of its own, which the others and the clients reach over TCP, and grains are
/// found and lost as in production. (In Orleans' own test cluster, the grain directory belongs to
/// no silo, and hides what happens to grains when a silo leaves.)
/// </remarks>
public sealed partial class MementoTestCluster : IAsyncDisposable
{
    private readonly Action<IMementoBuilder> _configure;
    private readonly Action<ISiloBuilder>? _configureSilo;
    private readonly Action<IClientBuilder>? _configureClient;
    private readonly MemoryMembership _membership = new();
    private readonly PartitionPins _pins = new();
    private readonly List<TestClient> _clients = [];
    private TestClient? _client;
    private bool _isDisposed;

    internal MementoTestCluster(
        Action<IMementoBuilder> configure,
        Action<ISiloBuilder>? configureSilo,
        Action<IClientBuilder>? configureClient)
    {
        _configure = configure;
        _configureSilo = configureSilo;
        _configureClient = configureClient;
    }

    /// <summary>The silos that run, in the order in which they were started.</summary>
    public IReadOnlyList<TestSilo> Silos { get; private set; } = [];

    /// <summary>The client that the cluster has from its start.</summary>
    public TestClient Client
        => _client ?? throw new InvalidOperationException("The cluster has not started.");

    /// <summary>The store of the client: each call is a message.</summary>
    public IMemento Memento => Client.Memento;

    /// <summary>
    /// The store inside the first silo, as its grains have it. After a restart it is a new object.
    /// </summary>
    public IMemento SiloMemento => First.Memento;

    /// <summary>The grains of the application, as the client calls them.</summary>
    public IGrainFactory Grains => Client.Services.GetRequiredService<IGrainFactory>();

    /// <summary>The storage of the disk tables, and its faults.</summary>
    public TestStorage Storage { get; } = new();

    /// <summary>The faults of the messages between silos.</summary>
    public TestMessages Messages { get; } = new();

    /// <summary>
    /// The clock of all silos and clients, which the test can set forward: a time limit, a
    /// snapshot's age or a delay of the application is over then.
    /// </summary>
    public TestClock Clock { get; } = new();

    private TestSilo First => Silos.Count > 0
        ? Silos[0]
        : throw new InvalidOperationException("No silo runs. Start one with AddSiloAsync.");

    /// <summary>Starts a silo and a client of it.</summary>
    /// <param name="configure">
    /// Registers tables, in the silo and the client. Disk tables are in <see cref="Storage"/>,
    /// which is in memory unless this chooses one.
    /// </param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="InvalidTableException">A definition breaks a rule.</exception>
    /// <exception cref="StorageException">The storage cannot be opened.</exception>
    public static Task<MementoTestCluster> StartAsync(
        Action<IMementoBuilder> configure, CancellationToken cancellationToken = default)
        => StartAsync(configure, silos: 1, cancellationToken: cancellationToken);

    /// <summary>Starts some silos, one after the other, and a client of them.</summary>
    /// <param name="configure">
    /// Registers tables, in all silos and clients. Disk tables are in <see cref="Storage"/>, which
    /// is in memory unless this chooses one.
    /// </param>
    /// <param name="silos">How many silos.</param>
    /// <param name="configureSilo">
    /// Adds services, logging, filters or storage providers to each silo.
    /// </param>
    /// <param name="configureClient">Adds services, logging or filters to each client.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="InvalidTableException">A definition breaks a rule.</exception>
    /// <exception cref="StorageException">
    /// The storage cannot be opened; one that only one silo can have, such as SQLite, in the second
    /// silo.
    /// </exception>
    public static async Task<MementoTestCluster> StartAsync(
        Action<IMementoBuilder> configure,
        int silos,
        Action<ISiloBuilder>? configureSilo = null,
        Action<IClientBuilder>? configureClient = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        ArgumentOutOfRangeException.ThrowIfLessThan(silos, 1);
        var cluster = new MementoTestCluster(configure, configureSilo, configureClient);
        try
        {
            for (int i = 0; i < silos; i++)
                await cluster.AddSiloAsync(cancellationToken);
            cluster._client = await cluster.ConnectAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more client, which knows the gateways of all silos.</summary>
    /// <param name="cancellationToken">Cancels the start.</param>
    public async Task<TestClient> ConnectAsync(CancellationToken cancellationToken = default)
    {
        TestClient client = await TestClient.StartAsync(
            _configure,
            client =>
            {
                _membership.Use(client);
                client.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
                _configureClient?.Invoke(client);
            },
            cancellationToken);
        _clients.Add(client);
        return client;
    }

    /// <summary>Ends all faults, and stops the clients and the silos.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;

        EndFaults();
        foreach (TestClient client in _clients)
            await client.DisposeAsync();

        // All at once: none has to move to another one what ends with it.
        await Task.WhenAll(Silos.Select(static silo => silo.DisposeAsync().AsTask()));
    }

    private Task<TestSilo> StartSiloAsync(CancellationToken cancellationToken)
        => TestSilo.StartAsync(
            memento =>
            {
                // The silos share a process: when it stands still, none of them is dead.
                memento.Configure(static options => options.FastFailureDetection = false);
                _configure(new TestBuilder(memento, Storage));
            },
            ConfigureSilo,
            _membership,
            cancellationToken);

    private void ConfigureSilo(ISiloBuilder silo)
    {
        silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
        _configureSilo?.Invoke(silo);
        silo.Services.AddSingleton(_pins);
        silo.Services.Replace(ServiceDescriptor.Singleton<OwnershipPlan, PinnedPlan>());
        silo.Services.AddSingleton(Messages);
        silo.AddOutgoingGrainCallFilter<SenderFilter>();
        silo.AddIncomingGrainCallFilter<ReceiverFilter>();

        // Here and not in the container, whose own calls would hide a mistake.
        MementoBuilder memento = MementoServices.BuilderOf(silo.Services)!;
        bool hasDiskTable = memento.BuildTables().Tables
            .Any(static table => table.Storage == TableStorage.Disk);
        if (memento.Storage is null && hasDiskTable) memento.UseStorage(_ => Storage.Create());
    }

    private void EndFaults()
    {
        Storage.EndFaults();
        Messages.EndFaults();
    }
}
