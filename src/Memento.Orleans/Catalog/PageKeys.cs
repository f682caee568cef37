using Memento.Participants;
using Memento.Transactions.Reading;

namespace Memento.Catalog;

/// <summary>Gets the secret of continuations from the catalog once, and keeps it.</summary>
internal sealed class PageKeys(IGrainFactory grains, StoreLifetime lifetime) : IPageKeys
{
    /// <summary>The bytes of the secret.</summary>
    public const int Length = 32;

    private volatile byte[]? _key;

    public ValueTask<byte[]> GetAsync(CancellationToken cancellationToken)
        => _key is { } known ? new(known) : AskAsync(cancellationToken);

    private async ValueTask<byte[]> AskAsync(CancellationToken cancellationToken)
        => _key = await lifetime.AskForAttemptAsync(
            () => grains.GetGrain<ICatalogGrain>(CatalogGrain.Key).PageKeyAsync(),
            cancellationToken)
            .ConfigureAwait(false);
}
