using Memento.Catalog;
using Memento.Participants;
using Microsoft.Extensions.Logging;

namespace Memento.Silos.Members;

/// <summary>
/// Wakes the catalog after a silo has died. If it was the silo of the catalog, it may have died
/// between a change and the telling of it. The next activation tells all silos.
/// </summary>
internal sealed class CatalogWatch(
    IClusterMembershipService membership,
    ILocalSiloDetails silo,
    StoreLifetime lifetime,
    IGrainFactory grains,
    ILogger<CatalogWatch> logger) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public void Start() => _ = WatchAsync();

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        CancellationToken stopping = _stopping.Token;
        HashSet<SiloAddress> dead = [];
        try
        {
            await foreach (ClusterMembershipSnapshot now in
                membership.MembershipUpdates.WithCancellation(stopping).ConfigureAwait(false))
            {
                // A silo that stops sees its own end here. It reaches nobody then.
                if (now.GetSiloStatus(silo.SiloAddress)
                    is SiloStatus.ShuttingDown or SiloStatus.Stopping or SiloStatus.Dead)
                {
                    return;
                }

                int known = dead.Count;
                dead.UnionWith(now.Members.Values
                    .Where(static each => each.Status == SiloStatus.Dead)
                    .Select(static each => each.SiloAddress));
                if (dead.Count > known) await WakeAsync(stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task WakeAsync(CancellationToken stopping)
    {
        try
        {
            await lifetime.AskAsync(
                () => grains.GetGrain<ICatalogGrain>(CatalogGrain.Key).ListAsync(), stopping)
                .ConfigureAwait(false);
        }
        catch (MementoException exception)
        {
            // The next change, start or death wakes it.
            MemberLog.NotWoken(logger, exception);
        }
    }
}
