using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Tables;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Clusters;

/// <summary>
/// Silos in this process, each a host of its own that the others reach over TCP, and clients of
/// them. Silos can be started, stopped and killed, the first one too.
/// </summary>
/// <remarks>
/// Not Orleans' test cluster: the grain directory of that one belongs to no silo, and hides what
/// happens to grains when a silo leaves.
/// </remarks>
/// <param name="configure">Registers the tables, in silos and clients.</param>
/// <param name="place">
/// What the disk tables are kept in, shared by the silos; null where all tables are in ram. It
/// stays the caller's.
/// </param>
/// <param name="configureSilo">Configures each silo further.</param>
internal sealed class SiloCluster(
    Action<IMementoBuilder> configure,
    StorageUnderTest? place,
    Action<ISiloBuilder>? configureSilo) : IAsyncDisposable
{
    private readonly MemoryMembership _membership = new();
    private readonly List<TestSilo> _silos = [];
    private readonly List<TestClient> _clients = [];

    /// <summary>The silos that run, in the order in which they were started.</summary>
    public IReadOnlyList<TestSilo> Silos => _silos;

    /// <summary>The open partitions of all silos.</summary>
    public IEnumerable<Partition> Partitions
        => _silos.SelectMany(static silo => silo.Directory.All);

    /// <summary>Starts some silos, one after the other.</summary>
    public static async Task<SiloCluster> StartAsync(
        int silos,
        Action<IMementoBuilder> configure,
        StorageUnderTest? place = null,
        Action<ISiloBuilder>? configureSilo = null)
    {
        if (place is { IsShared: false } && silos > 1)
            throw new ArgumentException("Only one silo can have that storage.", nameof(place));

        var cluster = new SiloCluster(configure, place, configureSilo);
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

    /// <summary>Starts one more silo, and waits until all know it.</summary>
    public async Task<TestSilo> StartSiloAsync()
    {
        TestSilo silo = await TestSilo.StartAsync(
            memento =>
            {
                configure(memento);
                place?.Use(memento);

                // The silos share a process: when it stands still, none of them is dead.
                memento.Configure(static options => options.FastFailureDetection = false);
            },
            configureSilo,
            _membership).Within($"silo {_silos.Count} starts");
        _silos.Add(silo);
        await UntilAgreedAsync();
        return silo;
    }

    /// <summary>Stops a silo as a deployment does, and waits until all others know.</summary>
    public async Task StopAsync(TestSilo silo)
    {
        _silos.Remove(silo);
        await silo.DisposeAsync().AsTask().Within($"{silo.Address} stops");
        await UntilAgreedAsync();
    }

    /// <summary>
    /// Ends a silo without letting it finish anything, and waits until all others know that it is
    /// dead.
    /// </summary>
    /// <remarks>
    /// The process goes on, so the silo ends its connections, and tells that it is dead: the
    /// verdict follows at once.
    /// </remarks>
    public async Task KillAsync(TestSilo silo)
    {
        _silos.Remove(silo);
        await silo.KillAsync().Within($"{silo.Address} is killed");
        await UntilAgreedAsync();
    }

    /// <summary>Starts a client, which knows the gateways of all silos.</summary>
    public async Task<TestClient> ConnectAsync()
    {
        TestClient client = await TestClient.StartAsync(configure, _membership.Use)
            .Within("a client connects");
        _clients.Add(client);
        return client;
    }

    /// <summary>Waits until nothing is locked, and no transaction runs, in any silo.</summary>
    public async Task UntilIdleAsync()
    {
        await Waiting.UntilAsync(
            () => Partitions.All(static partition => partition.IsIdle()),
            "every partition is without locks and transactions");
        await Waiting.UntilAsync(
            () => _silos.Select(static silo => silo.Services)
                .Concat(_clients.Select(static client => client.Services))
                .All(static services => services
                    .GetRequiredService<TransactionRegistry>().RunningCount == 0),
            "no transaction is running");
    }

    /// <summary>The silo that has the partition of a key, which is opened first.</summary>
    public async Task<TestSilo> SiloOfAsync<T>(object key)
        where T : class
    {
        TableDefinition table = _silos[0].Services.GetRequiredService<TableRegistry>().Get<T>();
        int number = table.PartitionOf(table.KeyCodec.EncodeArgument(key));
        OpenResponse opened = await _silos[0].Services.GetRequiredService<IGrainFactory>()
            .GetGrain<IIndexGrain>(IndexGrainKey.Of(table.Name, number))
            .OpenAsync().Within();
        if (opened.Error is not null) throw opened.Error;
        return _silos.Single(silo => silo.Address.Equals(opened.Silo));
    }

    /// <summary>Keys of a table whose partitions are in a silo.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="count">How many keys.</param>
    /// <param name="key">Makes the key of a number, from 0 on.</param>
    public async Task<IReadOnlyList<TKey>> KeysInAsync<T, TKey>(
        TestSilo silo, int count, Func<int, TKey> key)
        where T : class
        where TKey : notnull
    {
        const int MostTries = 10_000;
        List<TKey> keys = [];
        for (int i = 0; i < MostTries && keys.Count < count; i++)
        {
            TKey candidate = key(i);
            if (await SiloOfAsync<T>(candidate) == silo) keys.Add(candidate);
        }

        return keys.Count == count
            ? keys
            : throw new InvalidOperationException(
                $"{silo.Address} has no partition of {typeof(T).Name}: of {MostTries} keys, "
                + $"{keys.Count} are there, and {count} were asked for.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TestClient client in _clients)
            await client.DisposeAsync();

        // All at once: none has to move to another one what ends with it.
        await Task.WhenAll(_silos.Select(static silo => silo.DisposeAsync().AsTask()));
    }

    /// <summary>
    /// Waits until each silo knows which others serve, and what grains they have. Placement goes
    /// by that.
    /// </summary>
    private Task UntilAgreedAsync()
        => Waiting.UntilAsync(
            async () =>
            {
                foreach (TestSilo silo in _silos)
                {
                    var members = silo.Services.GetRequiredService<IClusterMembershipService>();
                    await members.Refresh();
                    if (!AreAll(members.CurrentSnapshot.Members.Values
                        .Where(static member => member.Status == SiloStatus.Active)
                        .Select(static member => member.SiloAddress))
                        || !AreAll(silo.Services.GetRequiredService<IClusterManifestProvider>()
                            .Current.Silos.Keys))
                    {
                        return false;
                    }
                }

                return true;
            },
            $"all know the {_silos.Count} silos that serve");

    private bool AreAll(IEnumerable<SiloAddress> addresses)
        => addresses.ToHashSet().SetEquals(_silos.Select(static silo => silo.Address));
}
