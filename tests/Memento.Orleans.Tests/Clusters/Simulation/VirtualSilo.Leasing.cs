using Memento.Leases;
using Memento.Storage;

namespace Memento.Tests.Clusters.Simulation;

/// <content>
/// The lease, by the steps of <see cref="Memento.Silos.Leases.LeaseKeeper"/>.
/// </content>
internal sealed partial class VirtualSilo
{
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromMilliseconds(500);

    private TaskCompletionSource<bool> _wish = new();
    private TaskCompletionSource<bool> _isWished = new();

    public Lease Lease { get; }

    /// <summary>Renews the lease and moves partitions, for as long as the silo lives.</summary>
    public void Start()
    {
        All.Time.Go(RenewAlwaysAsync);
        All.Time.Go(MoveAlwaysAsync);
        if (All.Grains is not null) All.Time.Go(LookAlwaysAsync);
    }

    private async Task MoveAlwaysAsync()
    {
        await LearnOwnersAsync();
        while (!IsLeaving)
        {
            await DelayAsync(VirtualTime.Milliseconds(_random.Between(80, 160)));
            if (!IsLeaving) await MoveAsync();
        }
    }

    private async Task RenewAlwaysAsync()
    {
        while (true)
        {
            TaskCompletionSource<bool> wish = _wish;
            _wish = new TaskCompletionSource<bool>();
            _isWished = new TaskCompletionSource<bool>();
            bool isRenewed = await RenewAsync();
            Wake(wish, isRenewed);
            TaskCompletionSource<bool> wished = _isWished;
            Post((LeaseDuration / 5).Ticks, () => wished.TrySetResult(true));
            await wished.Task;
        }
    }

    private async Task<bool> RenewAsync()
    {
        Renewal renewal = Lease.Begin();
        PartitionEpoch[] held = [.. renewal.Held.Select(static each => each.Owned)];
        if (await All.Storage.CallAsync(
            this, () => (object)All.Storage.CountRenewal(Id, LeaseDuration)) is null)
        {
            return false;
        }

        // Counted first; read later.
        LeaseNews? news = await All.Storage.CallAsync(this, () => All.Storage.ReadLeases(held));
        if (news is null) return false;
        foreach (Holding each in Lease.End(renewal, news))
        {
            All.Counts.Add(Happening.PartitionTaken);
            if (_partitions.TryGetValue(each.Owned.Partition, out VirtualPartition? partition)
                && partition.Holding == each)
            {
                All.Time.Go(() => CloseAsync(partition));
            }
        }

        return true;
    }

    /// <summary>Takes a partition under the lease; null: another silo has it.</summary>
    private async Task<Holding?> TakeHoldingAsync(int number)
    {
        // It may be dead by the membership's verdict, and have stood still meanwhile.
        if (!Lease.IsValid) await RefreshAsync();
        if (IsDead(Here)) return null;
        object? raised = await All.Storage.CallAsync(this, () => All.Storage.RaiseEpoch(number));
        if (raised is not long epoch) return null;
        Holding holding = Lease.Hold(new PartitionEpoch("t", number, epoch));
        TaskCompletionSource<bool> wish = _wish;
        _isWished.TrySetResult(true);
        if (await wish.Task && await ClaimAsync(holding)) return holding;
        Lease.Drop(holding);
        return null;
    }

    private async Task<bool> ClaimAsync(Holding holding)
    {
        Guid? owner = null;
        for (int look = 0; !holding.IsLost; look++)
        {
            bool hasEnded = owner is { } other
                && (All.Fault == ClusterFault.WaitsForNoLease || holding.HasEnded(other));
            if (hasEnded || look % 5 == 0)
            {
                Guid? ended = hasEnded ? owner : null;
                object? claimed = await All.Storage.CallAsync(
                    this,
                    () => (object)new Claimed(All.Storage.Claim(Id, holding.Owned, ended)));
                if (claimed is not Claimed { Owner: { } now }) return false;
                if (now == Guid.Empty) return !holding.IsLost;
                owner = now;
            }

            await DelayAsync((LeaseDuration / 50).Ticks);
        }

        return false;
    }

    private async Task<VirtualPartition?> LoadAsync(
        int number,
        long tenure,
        Dictionary<int, VirtualCell>? content,
        SiloAddress? lostWith,
        SiloAddress[] ownersBefore)
    {
        if (await TakeHoldingAsync(number) is not { } holding) return null;
        Dictionary<int, VirtualCell> records = content ?? [];
        if (All.IsDisk(number))
        {
            int[] keys = [.. ClusterSimulation.KeysOf(number)];
            int[][]? rows = await All.Storage.CallAsync(this, () => All.Storage.Load(keys));
            if (rows is null)
            {
                await ReleaseHoldingAsync(holding);
                return null;
            }

            records = keys.Zip(rows).ToDictionary(
                static each => each.First, static each => new VirtualCell(each.Second, 0));
        }

        var partition = new VirtualPartition(this, number, tenure, records)
        {
            Holding = holding,
            IsNew = content is null && !All.IsDisk(number),
            LostWith = content is null && !All.IsDisk(number) ? lostWith : null,
            OwnersBefore = ownersBefore,
        };
        if (All.Grains is null || !All.IsDisk(number) || await RestoreAsync(partition))
            return partition;

        await ReleaseHoldingAsync(holding);
        return null;
    }

    private async Task ReleaseHoldingAsync(Holding holding)
    {
        Lease.Drop(holding);
        await All.Storage.CallAsync(this, () =>
        {
            All.Storage.Release(Id, holding.Owned);
            return Done.Instance;
        });
    }

    private sealed record Claimed(Guid? Owner);
}
