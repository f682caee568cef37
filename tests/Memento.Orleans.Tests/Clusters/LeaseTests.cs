using Memento.Leases;
using Memento.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Memento.Tests.Clusters;

/// <summary>The lease of a silo by itself, with clocks that the test moves.</summary>
public sealed class LeaseTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);
    private static readonly Guid Own = Guid.NewGuid();
    private static readonly Guid Other = Guid.NewGuid();
    private static readonly PartitionEpoch Partition = new("t", 0, 1);

    private readonly FakeTimeProvider _time = new();
    private readonly Lease _lease;
    private long _counter;

    public LeaseTests() => _lease = new Lease(Duration, _time);

    [Fact]
    public void A_lease_is_valid_from_its_renewal_until_a_little_before_its_end()
    {
        Assert.False(_lease.IsValid);
        Renew();
        Assert.True(_lease.IsValid);

        _time.Advance(Duration * Lease.RelyShare - TimeSpan.FromMilliseconds(1));
        Assert.True(_lease.IsValid);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(_lease.IsValid);
        Renew();
        Assert.True(_lease.IsValid);
    }

    [Fact]
    public void A_renewal_counts_from_when_it_was_sent()
    {
        Renewal renewal = _lease.Begin();
        _time.Advance(Duration / 2);
        _lease.End(renewal, News());
        _time.Advance(Duration / 2);
        Assert.False(_lease.IsValid);
    }

    /// <summary>The monotonic clock stands still meanwhile.</summary>
    [Fact]
    public void A_lease_ends_when_the_machine_was_suspended()
    {
        var clocks = new TwoClocks();
        var lease = new Lease(Duration, clocks);
        lease.End(lease.Begin(), News());
        clocks.Wall += Duration * 2;
        Assert.False(lease.IsValid);

        // Set back by hand it says nothing, and the next renewal goes by what it is by then.
        lease.End(lease.Begin(), News());
        Assert.True(lease.IsValid);
        clocks.Wall -= Duration * 2;
        Assert.True(lease.IsValid);
    }

    [Fact]
    public void A_partition_that_was_lost_does_not_stand_when_the_lease_gets_longer()
    {
        Holding kept = _lease.Hold(Partition);
        Holding lost = _lease.Hold(Partition with { Partition = 1 });
        Renew();
        Assert.True(kept.Stands && lost.Stands);

        _time.Advance(Duration);
        Assert.False(kept.Stands || lost.Stands);
        Assert.Equal([lost], Renew(lost: lost.Owned));
        Assert.True(kept.Stands);
        Assert.True(lost.IsLost);
        Assert.False(lost.Stands);
        Assert.Equal(1, _lease.Count);
    }

    [Fact]
    public void A_renewal_covers_the_partitions_that_were_held_when_it_began()
    {
        Renewal renewal = _lease.Begin();
        Holding late = _lease.Hold(Partition);
        _lease.End(renewal, News());
        Assert.False(late.IsCovered);

        Renew();
        Assert.True(late.IsCovered);
    }

    [Fact]
    public void Another_lease_has_ended_when_its_counter_stood_still_for_long_enough()
    {
        Renew(new StoredLease(Other, 1, Duration / 2));
        _time.Advance(Duration / 4);
        Renew(new StoredLease(Other, 2, Duration / 2));
        Holding holding = _lease.Hold(Partition);
        _time.Advance(Duration / 4);
        Renew(new StoredLease(Other, 2, Duration / 2));
        Assert.False(holding.HasEnded(Other));

        // By the duration of that lease, and not of the own one.
        _time.Advance((Duration / 2 * Lease.WaitShare) - (Duration / 4));
        Assert.True(holding.HasEnded(Other));
    }

    /// <summary>
    /// Its renewals after the raise tell the old owner that it has lost the partition.
    /// </summary>
    [Fact]
    public void An_owner_that_goes_on_renewing_does_not_make_the_new_one_wait_for_ever()
    {
        Holding holding = _lease.Hold(Partition);
        for (int renewal = 1; !holding.HasEnded(Other); renewal++)
        {
            Renew(new StoredLease(Other, renewal, Duration));
            Assert.InRange(renewal, 1, 12);
            _time.Advance(Duration / 10);
        }
    }

    [Fact]
    public void A_lease_that_was_never_there_has_ended_when_it_could_only_be_older_than_the_watch()
    {
        Holding holding = _lease.Hold(Partition);
        Assert.False(holding.HasEnded(Other));
        Renew();
        Assert.False(holding.HasEnded(Other));
        _time.Advance(Duration * Lease.WaitShare);
        Assert.True(holding.HasEnded(Other));

        // Of later partitions at once.
        Holding next = _lease.Hold(Partition with { Partition = 1 });
        Renew();
        Assert.True(next.HasEnded(Other));
    }

    [Fact]
    public void A_lease_that_ran_out_is_told_once_until_it_is_renewed()
    {
        Renew();
        Assert.False(_lease.TryStall());
        _time.Advance(Duration);
        Task renewed = _lease.Renewed;
        Assert.True(_lease.TryStall());
        Assert.False(_lease.TryStall());
        Assert.True(_lease.IsStalled);
        Assert.False(renewed.IsCompleted);

        Renew();
        Assert.False(_lease.IsStalled);
        Assert.True(renewed.IsCompleted);
    }

    [Fact]
    public void After_its_end_nothing_stands()
    {
        Holding holding = _lease.Hold(Partition);
        Renew();
        _lease.End();
        Assert.False(_lease.IsValid);
        Assert.True(holding.IsLost);
    }

    [Fact]
    public void Never_two_silos_may_rely_on_one_partition()
    {
        int taken = 0;
        for (int seed = 0; seed < 150; seed++)
        {
            var simulation = new LeaseSimulation(
                seed, 2 + (seed % 2), static (holding, owner) => holding.HasEnded(owner));
            if (simulation.Run() is { } wrong) Assert.Fail($"Seed {seed}: {wrong}");
            taken += simulation.Taken;
        }

        // It is about something.
        Assert.True(taken > 500, $"The partition was taken {taken} times.");
    }

    [Fact]
    public void A_silo_that_does_not_wait_for_the_old_lease_is_found()
        => Assert.Contains(
            Enumerable.Range(0, 150),
            static seed => new LeaseSimulation(
                seed, 2, static (holding, _) => holding.IsCovered).Run() is not null);

    private IReadOnlyList<Holding> Renew(StoredLease? other = null, PartitionEpoch? lost = null)
        => _lease.End(_lease.Begin(), News(other, lost));

    private LeaseNews News(StoredLease? other = null, PartitionEpoch? lost = null)
        => new(
            [.. new StoredLease?[] { new(Own, ++_counter, Duration), other }.OfType<StoredLease>()],
            lost is { } gone ? [gone] : []);

    /// <summary>A wall clock that is moved by itself.</summary>
    private sealed class TwoClocks : TimeProvider
    {
        public DateTimeOffset Wall { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => 0;
    }
}
