using Memento.Journaling;
using Memento.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Memento;

/// <content>The life and death of silos.</content>
public sealed partial class MementoTestCluster
{
    /// <summary>How long the silos may take to agree on who they are.</summary>
    private static readonly TimeSpan LongestAgreement = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Starts one more silo, and waits until all know it. The partitions that are to be there move
    /// to it, with their records, from a second later on.
    /// </summary>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="StorageException">The storage cannot be opened.</exception>
    public async Task<TestSilo> AddSiloAsync(CancellationToken cancellationToken = default)
    {
        bool isAlone = Silos.Count == 0;
        TestSilo silo = await StartSiloAsync(cancellationToken);
        Silos = [.. Silos, silo];
        await UntilAgreedAsync(cancellationToken);
        if (isAlone) await UntilReachedAsync(cancellationToken);
        return silo;
    }

    /// <summary>
    /// Stops a silo as a deployment does, and waits until all others know. It hands its partitions
    /// over, with their records; of the last silo, those in ram are lost.
    /// </summary>
    /// <param name="silo">One of <see cref="Silos"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task StopSiloAsync(TestSilo silo, CancellationToken cancellationToken = default)
    {
        Remove(silo);
        await silo.DisposeAsync().AsTask().WaitAsync(cancellationToken);
        await UntilAgreedAsync(cancellationToken);
    }

    /// <summary>
    /// Kills a silo, and waits until all others know that it is dead. It finishes nothing: what it
    /// has in ram is lost, and what it has not yet written to the storage is never written. Its
    /// disk partitions are served by others after the end of its lease.
    /// </summary>
    /// <param name="silo">One of <see cref="Silos"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <remarks>
    /// The process of the test goes on, so the silo ends its connections, and tells that it is
    /// dead: the verdict follows at once, and not after the time that it takes in production.
    /// </remarks>
    public async Task KillSiloAsync(TestSilo silo, CancellationToken cancellationToken = default)
    {
        Remove(silo);
        if (silo.Services.GetRequiredService<DurableStorage>().Journal is FaultyStorage storage)
            storage.Cut();
        await silo.KillAsync().WaitAsync(cancellationToken);
        await UntilAgreedAsync(cancellationToken);
    }

    /// <summary>
    /// Stops the first silo as a deployment does, and starts another one in its place. Where it is
    /// the only one, disk tables have their records again, and ram tables are empty.
    /// </summary>
    /// <param name="cancellationToken">Cancels the restart.</param>
    public Task<TestSilo> RestartSiloAsync(CancellationToken cancellationToken = default)
        => RestartSiloAsync(First, cancellationToken);

    /// <summary>
    /// Stops a silo as a deployment does, and starts another one in its place.
    /// </summary>
    /// <param name="silo">One of <see cref="Silos"/>.</param>
    /// <param name="cancellationToken">Cancels the restart.</param>
    /// <returns>The new silo, the last one of <see cref="Silos"/>.</returns>
    public async Task<TestSilo> RestartSiloAsync(
        TestSilo silo, CancellationToken cancellationToken = default)
    {
        await StopSiloAsync(silo, cancellationToken);
        return await AddSiloAsync(cancellationToken);
    }

    private void Remove(TestSilo silo)
    {
        Require(silo);
        Silos = [.. Silos.Where(each => each != silo)];
    }

    private void Require(TestSilo silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        if (Silos.Contains(silo)) return;

        throw new ArgumentException(
            $"{silo} does not run in this cluster (any more). Take a silo from Silos, which has "
            + $"{Silos.Count} now.",
            nameof(silo));
    }

    /// <summary>
    /// Waits until each silo knows which others serve, and what grains they have: placement goes by
    /// that.
    /// </summary>
    private async Task UntilAgreedAsync(CancellationToken cancellationToken)
    {
        if (Silos.Count == 0) return;

        await Polling.UntilAsync(
            async () =>
            {
                foreach (TestSilo silo in Silos)
                {
                    if (!await KnowsAllAsync(silo, cancellationToken)) return false;
                }

                return true;
            },
            LongestAgreement,
            () => $"all know the {Silos.Count} silos that serve",
            cancellationToken);
    }

    private async Task<bool> KnowsAllAsync(
        TestSilo silo, CancellationToken cancellationToken)
    {
        var members = silo.Services.GetRequiredService<IClusterMembershipService>();
        await members.Refresh(default, cancellationToken).AsTask()
            .WaitAsync(LongestAgreement, cancellationToken);
        return AreAll(members.CurrentSnapshot.Members.Values
                .Where(static member => member.Status == SiloStatus.Active)
                .Select(static member => member.SiloAddress))
            && AreAll(silo.Services.GetRequiredService<IClusterManifestProvider>()
                .Current.Silos.Keys);
    }

    private bool AreAll(IEnumerable<SiloAddress> addresses)
        => addresses.ToHashSet().SetEquals(Silos.Select(static silo => silo.Address));

    /// <summary>Waits until the clients know the one silo that there is.</summary>
    private async Task UntilReachedAsync(CancellationToken cancellationToken)
    {
        foreach (TestClient client in _clients.Where(static client => !client.IsDisposed))
        {
            await Polling.UntilAsync(
                () => ReachesAsync(client),
                LongestAgreement,
                static () => "each client reaches the silo",
                cancellationToken);
        }
    }

    private static async Task<bool> ReachesAsync(TestClient client)
    {
        try
        {
            await client.Services.GetRequiredService<IGrainFactory>()
                .GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
            return true;
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            return false;
        }
    }
}
