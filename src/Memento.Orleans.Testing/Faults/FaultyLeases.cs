using Memento.Storage;

namespace Memento.Testing;

/// <summary>The leases of a storage, each call after what the test lets come before it.</summary>
internal sealed class FaultyLeases(
    ILeaseStorage inner, Func<CancellationToken, Task> throughAsync) : ILeaseStorage
{
    public Guid Owner => inner.Owner;

    public async Task<LeaseNews> RenewAsync(
        TimeSpan duration,
        IReadOnlyCollection<PartitionEpoch> held,
        CancellationToken cancellationToken)
    {
        await throughAsync(cancellationToken).ConfigureAwait(false);
        return await inner.RenewAsync(duration, held, cancellationToken).ConfigureAwait(false);
    }

    public async Task<Guid?> ClaimAsync(
        PartitionEpoch claim, Guid? ended, CancellationToken cancellationToken)
    {
        await throughAsync(cancellationToken).ConfigureAwait(false);
        return await inner.ClaimAsync(claim, ended, cancellationToken).ConfigureAwait(false);
    }

    public async Task ReleaseAsync(PartitionEpoch owned, CancellationToken cancellationToken)
    {
        await throughAsync(cancellationToken).ConfigureAwait(false);
        await inner.ReleaseAsync(owned, cancellationToken).ConfigureAwait(false);
    }

    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await throughAsync(cancellationToken).ConfigureAwait(false);
        await inner.EndAsync(cancellationToken).ConfigureAwait(false);
    }
}
