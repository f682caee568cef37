using Memento.Leases;
using Memento.Tests.Locks.Simulation;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>
/// One run of a silo. What the store does with tasks and grains it does with messages on the
/// virtual network, by the same steps; its machines are those of the store.
/// </summary>
internal sealed partial class VirtualSilo : Node
{
    public static readonly long CallTimeout = VirtualTime.Milliseconds(120);

    private readonly SeededRandom _random;
    private readonly Dictionary<SiloAddress, MemberStatus> _view;
    private Dictionary<int, SiloAddress>? _plan;

    public VirtualSilo(
        ClusterSimulation all,
        SeededRandom random,
        SiloAddress address,
        IReadOnlyDictionary<SiloAddress, MemberStatus> view)
        : base(all)
    {
        _random = random;
        Here = address;
        _view = new Dictionary<SiloAddress, MemberStatus>(view);
        Clock = new VirtualClock(this, (97 + random.Between(0, 6)) / 100.0);
        Lease = new Lease(LeaseDuration, Clock);
        Journal = new VirtualJournal(this);
        Id = all.NewId();
        _latch = new VirtualLatch(this);
    }

    public Guid Id { get; }

    public SiloAddress Here { get; }

    public VirtualClock Clock { get; }

    public VirtualJournal Journal { get; }

    public bool IsLeaving { get; private set; }

    /// <summary>When it has died, or was declared dead.</summary>
    public long EndedAt { get; private set; } = long.MaxValue;

    public void End() => EndedAt = Math.Min(EndedAt, All.Time.Now);

    /// <summary>Whether nothing is under way in it.</summary>
    public bool IsIdle
        => _running.Count == 0 && _sealed.Count == 0 && _registry.Count == 0 && Journal.IsIdle
            && _opening.Count == 0 && _closingPartitions.Count == 0 && _snapshots == 0
            && !_latch.IsClosed && _managed.Count == 0 && _groups.Count == 0;

    public string Name => $"silo {Here.Endpoint.Port}.{Here.Generation}";

    public string DescribeWork()
        => $"{_running.Count} coordinated, {_sealed.Count} sealed, {_registry.Count} running, "
            + $"{_opening.Count} opening, {_closingPartitions.Count} closing, "
            + $"{_managed.Count} managed, {_groups.Count} prepared, {_snapshots} snapshots, "
            + $"closed for a cut: {_latch.IsClosed}, "
            + $"journal idle: {Journal.IsIdle}";

    public IEnumerable<SiloAddress> Others
        => _view.Where(each => each.Value != MemberStatus.Dead && !each.Key.Equals(Here))
            .Select(static each => each.Key);

    public bool IsDead(SiloAddress silo) => _view.GetValueOrDefault(silo) == MemberStatus.Dead;

    /// <summary>The membership tells of a silo.</summary>
    public void Learn(SiloAddress silo, MemberStatus status)
    {
        if (_view.TryGetValue(silo, out MemberStatus known) && known >= status) return;
        _view[silo] = status;
        _plan = null;
        if (status == MemberStatus.Dead && silo.Equals(Here))
            All.Kill(this, "learns that it is dead");
    }

    public SiloAddress? OwnerOf(int partition)
    {
        _plan ??= All.Assign(
            [.. _view.Where(static each => each.Value == MemberStatus.Active)
                .Select(static each => each.Key)]);
        return _plan.GetValueOrDefault(partition);
    }

    public override void Pause(long length)
    {
        base.Pause(length);
        if (_random.OneIn(3)) Clock.Suspend(length);
    }

    protected override bool MayStep() => All.MayStep(this);

    private async Task RefreshAsync()
    {
        await DelayAsync(VirtualTime.Milliseconds(2));
        foreach ((SiloAddress silo, MemberStatus status) in All.Members)
            Learn(silo, status);
    }
}

/// <summary>What the membership says of a silo, in the order in which it may change.</summary>
internal enum MemberStatus
{
    Unknown = 0,
    Active = 1,
    Leaving = 2,
    Dead = 3,
}

/// <summary>
/// The clocks of a silo: the monotonic one runs a little too fast or too slow, and stands still
/// while the machine is suspended.
/// </summary>
internal sealed class VirtualClock(VirtualSilo silo, double speed) : TimeProvider
{
    private long _suspended;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Suspend(long length) => _suspended += length;

    // Read only while the silo runs: it is not suspended then.
    public override long GetTimestamp() => (long)((silo.All.Time.Now - _suspended) * speed);

    public override DateTimeOffset GetUtcNow()
        => DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(silo.All.Time.Now);
}
