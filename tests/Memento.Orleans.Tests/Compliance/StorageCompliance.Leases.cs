using Memento.Storage;
using Memento.Tests.Conformance;
using static Memento.Tests.Compliance.StorageScene;

namespace Memento.Tests.Compliance;

public abstract partial class StorageCompliance<TStorage>
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(7);

    private static CancellationToken LeaseToken => TestContext.Current.CancellationToken;

    /// <summary>Null in a storage that only one silo can have open: it needs none.</summary>
    private ILeaseStorage? Leases
    {
        get
        {
            Assert.Equal(_place.IsShared, Storage.Leases is not null);
            return Storage.Leases;
        }
    }

    [Fact]
    public async Task Each_renewal_of_a_lease_is_seen_by_the_other_silos()
    {
        if (Leases is not { } leases) return;
        ILeaseStorage other = await OpenOtherAsync();
        await OwnAsync(leases, 1);
        await leases.RenewAsync(Duration, [], Token);
        StoredLease first = await SeenByAsync(other, leases.Owner);
        StoredLease second = await SeenByAsync(other, leases.Owner);
        Assert.Equal(first, second);
        Assert.Equal(Duration, first.Duration);

        LeaseNews own = await leases.RenewAsync(Duration / 2, [], Token);
        StoredLease third = await SeenByAsync(other, leases.Owner);
        Assert.NotEqual(first.Counter, third.Counter);
        Assert.Equal(Duration / 2, third.Duration);
        Assert.Contains(third, own.Leases);
        Assert.NotEqual(leases.Owner, other.Owner);
    }

    [Fact]
    public async Task A_partition_that_nobody_owns_is_claimed_at_once()
    {
        if (Leases is not { } leases) return;
        PartitionEpoch owned = await OwnAsync(leases, 1);
        Assert.Null(await leases.ClaimAsync(owned, null, Token));

        // By the same silo again, under another number.
        await OwnAsync(leases, 1);
        await Assert.ThrowsAsync<FencedException>(() => leases.ClaimAsync(owned, null, Token));
    }

    [Fact]
    public async Task Of_two_silos_that_own_a_partition_the_old_one_is_told_and_the_new_one_waits()
    {
        if (Leases is not { } leases) return;
        ILeaseStorage other = await OpenOtherAsync();
        PartitionEpoch first = await OwnAsync(leases, 1);
        PartitionEpoch kept = await OwnAsync(leases, 2);
        Assert.Empty((await leases.RenewAsync(Duration, [first, kept], Token)).Lost);

        var second = first with { Epoch = await _other!.RaiseEpochAsync("t", 1, Token) };
        Assert.Equal(leases.Owner, await other.ClaimAsync(second, null, Token));
        Assert.Equal(leases.Owner, await other.ClaimAsync(second, Guid.NewGuid(), Token));
        Assert.Equal([first], (await leases.RenewAsync(Duration, [first, kept], Token)).Lost);

        await leases.ReleaseAsync(first, Token);
        Assert.Null(await other.ClaimAsync(second, null, Token));
        Assert.Empty((await other.RenewAsync(Duration, [second], Token)).Lost);
        Assert.Equal([first], (await leases.RenewAsync(Duration, [first, kept], Token)).Lost);
    }

    [Fact]
    public async Task A_partition_is_claimed_from_a_silo_whose_lease_has_ended()
    {
        if (Leases is not { } leases) return;
        ILeaseStorage other = await OpenOtherAsync();
        PartitionEpoch first = await OwnAsync(leases, 1);
        var second = first with { Epoch = await _other!.RaiseEpochAsync("t", 1, Token) };
        Assert.Null(await other.ClaimAsync(second, leases.Owner, Token));

        // The old owner releases what is not its own any more.
        await leases.ReleaseAsync(first, Token);
        await leases.EndAsync(Token);
        IJournalStorage third = New();
        await third.OpenAsync(Token);
        var next = first with { Epoch = await third.RaiseEpochAsync("t", 1, Token) };
        Assert.Equal(other.Owner, await third.Leases!.ClaimAsync(next, leases.Owner, Token));
    }

    /// <summary>
    /// A claim that waits hides nothing: who comes after it waits for the first owner as well.
    /// </summary>
    [Fact]
    public async Task A_silo_that_waits_for_a_partition_does_not_own_it()
    {
        if (Leases is not { } leases) return;
        ILeaseStorage other = await OpenOtherAsync();
        PartitionEpoch first = await OwnAsync(leases, 1);
        var second = first with { Epoch = await _other!.RaiseEpochAsync("t", 1, Token) };
        await other.ClaimAsync(second, null, Token);
        await other.EndAsync(Token);

        IJournalStorage third = New();
        await third.OpenAsync(Token);
        var next = first with { Epoch = await third.RaiseEpochAsync("t", 1, Token) };
        Assert.Equal(leases.Owner, await third.Leases!.ClaimAsync(next, null, Token));
        await Assert.ThrowsAsync<FencedException>(() => other.ClaimAsync(second, null, Token));
    }

    [Fact]
    public async Task The_end_of_a_lease_leaves_all_partitions_to_the_others()
    {
        if (Leases is not { } leases) return;
        ILeaseStorage other = await OpenOtherAsync();
        await OwnAsync(leases, 1);
        await OwnAsync(leases, 2);
        await leases.RenewAsync(Duration, [], Token);
        await leases.EndAsync(Token);

        LeaseNews news = await other.RenewAsync(Duration, [], Token);
        Assert.DoesNotContain(news.Leases, each => each.Owner == leases.Owner);
        foreach (int number in new[] { 1, 2 })
        {
            long epoch = await _other!.RaiseEpochAsync("t", number, Token);
            var claim = new PartitionEpoch("t", number, epoch);
            Assert.Null(await other.ClaimAsync(claim, null, Token));
        }
    }

    [Fact]
    public async Task Owners_and_leases_are_kept_over_openings()
    {
        if (Leases is not { } leases) return;
        Guid old = leases.Owner;
        PartitionEpoch owned = await OwnAsync(leases, 1);
        await leases.RenewAsync(Duration, [owned], Token);
        await ReopenAsync();

        long epoch = await Storage.RaiseEpochAsync("t", 1, Token);
        var claim = owned with { Epoch = epoch };
        Assert.Equal(old, await Storage.Leases!.ClaimAsync(claim, null, Token));
        Assert.Equal(old, (await SeenByAsync(Storage.Leases, old)).Owner);
    }

    /// <summary>
    /// A renewal and a raise at once: the owner learns of the raise, or who has raised sees the
    /// renewal.
    /// </summary>
    [Fact]
    public async Task Of_a_renewal_and_a_raise_at_once_one_knows_the_other()
    {
        if (Leases is not { } leases) return;
        ILeaseStorage other = await OpenOtherAsync();
        for (int round = 0; round < 50; round++)
        {
            PartitionEpoch owned = await OwnAsync(leases, 1);
            await leases.RenewAsync(Duration, [owned], Token);
            long before = (await SeenByAsync(other, leases.Owner)).Counter;
            Task<LeaseNews> renewing = Task.Run(
                () => leases.RenewAsync(Duration, [owned], LeaseToken), LeaseToken);
            Task<StoredLease> raising = Task.Run(
                async () =>
                {
                    await _other!.RaiseEpochAsync("t", 1, LeaseToken);
                    return await SeenByAsync(other, leases.Owner);
                },
                LeaseToken);
            await Task.WhenAll(renewing, raising).Within();
            bool learns = (await renewing).Lost.Count > 0;
            bool isSeen = (await raising).Counter != before;
            Assert.True(learns || isSeen, $"Neither knew the other in round {round}.");
        }
    }

    [Fact]
    public async Task Outcomes_are_forgotten_with_a_batch()
    {
        JournalEntry first = Deciding(Guid.NewGuid(), Row(1, "a"));
        JournalEntry second = Deciding(Guid.NewGuid(), Row(2, "b"));
        await _scene.WriteAsync(first, second);
        JournalEntry forgetting = new()
        {
            TransactionId = Guid.NewGuid(),
            Writes = [],
            Epochs = [],
            Forgets = [first.TransactionId, Guid.NewGuid()],
        };
        await _scene.WriteAsync(forgetting);
        await ReopenAsync();

        // It may be decided anew, as one that was never heard of.
        Assert.Equal(
            TransactionOutcome.Aborted, await Storage.DecideAsync(first.TransactionId, Token));
        Assert.Equal(
            TransactionOutcome.Committed, await Storage.DecideAsync(second.TransactionId, Token));
    }

    private IJournalStorage? _other;

    private async Task<ILeaseStorage> OpenOtherAsync()
    {
        _other = New();
        await _other.OpenAsync(Token);
        return _other.Leases!;
    }

    private async Task<PartitionEpoch> OwnAsync(ILeaseStorage leases, int number)
    {
        var claim = new PartitionEpoch(
            "t", number, await Storage.RaiseEpochAsync("t", number, Token));
        Assert.Null(await leases.ClaimAsync(claim, null, Token));
        return claim;
    }

    private static async Task<StoredLease> SeenByAsync(ILeaseStorage observer, Guid owner)
        => Assert.Single(
            (await observer.RenewAsync(Duration, [], LeaseToken)).Leases,
            each => each.Owner == owner);
}
