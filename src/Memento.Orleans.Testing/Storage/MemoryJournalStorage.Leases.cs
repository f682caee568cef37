using Memento.Storage;

namespace Memento.Testing;

/// <content>The leases of the silos that have the same disk.</content>
internal sealed partial class MemoryJournalStorage : ILeaseStorage
{
    /// <summary>Whoever has a disk of its own shares it with nobody.</summary>
    public ILeaseStorage? Leases => disk is null ? null : this;

    public Guid Owner { get; } = Guid.NewGuid();

    public async Task<LeaseNews> RenewAsync(
        TimeSpan duration,
        IReadOnlyCollection<PartitionEpoch> held,
        CancellationToken cancellationToken)
    {
        await Change(
            state => (
                state with
                {
                    Leases = state.Leases.SetItem(
                        Owner,
                        new StoredLease(
                            Owner,
                            state.Leases.GetValueOrDefault(Owner).Counter + 1,
                            duration)),
                },
                true),
            cancellationToken);
        return Read(state => new LeaseNews(
            [.. state.Leases.Values], [.. held.Where(each => EpochOf(state, each) != each.Epoch)]));
    }

    public Task<Guid?> ClaimAsync(
        PartitionEpoch claim, Guid? ended, CancellationToken cancellationToken)
        => Change(
            state =>
            {
                var place = (claim.Table, claim.Partition);
                if (EpochOf(state, claim) != claim.Epoch)
                    throw new FencedException(claim.Table, claim.Partition);
                return state.Owners.TryGetValue(place, out (Guid Silo, long Epoch) standing)
                    && standing.Silo != Owner && standing.Silo != ended
                    ? (state, standing.Silo)
                    : (
                        state with { Owners = state.Owners.SetItem(place, (Owner, claim.Epoch)) },
                        (Guid?)null);
            },
            cancellationToken);

    public Task ReleaseAsync(PartitionEpoch owned, CancellationToken cancellationToken)
        => Change(
            state =>
            {
                var place = (owned.Table, owned.Partition);
                return (
                    state.Owners.GetValueOrDefault(place) == (Owner, owned.Epoch)
                        ? state with { Owners = state.Owners.Remove(place) }
                        : state,
                    true);
            },
            cancellationToken);

    public Task EndAsync(CancellationToken cancellationToken)
        => Change(
            state => (
                state with
                {
                    Owners = state.Owners.RemoveRange(state.Owners
                        .Where(each => each.Value.Silo == Owner)
                        .Select(static each => each.Key)),
                    Leases = state.Leases.Remove(Owner),
                },
                true),
            cancellationToken);

    private static long EpochOf(MemoryState state, PartitionEpoch each)
        => state.Epochs.GetValueOrDefault((each.Table, each.Partition));
}
