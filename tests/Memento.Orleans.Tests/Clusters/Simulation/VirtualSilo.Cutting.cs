using Memento.Commit.Spanning;
using Memento.Messages;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>What a silo says that is closed for a cut; not closed: it refuses.</summary>
/// <param name="IsClosed">Whether it is closed.</param>
/// <param name="Closing">The number of this closing in the silo.</param>
/// <param name="Needed">
/// The silos that decide what waits there, and those with parts of what this one has not decided;
/// null: the others decide, because the coordinator is dead.
/// </param>
/// <param name="Serving">The silos that it knows, with itself.</param>
/// <param name="Committed">What is committed, and maybe not applied everywhere.</param>
internal sealed record CloseReply(
    bool IsClosed,
    long Closing,
    SiloAddress?[] Needed,
    SiloAddress[] Serving,
    Guid[] Committed)
{
    public static CloseReply Refused { get; } = new(IsClosed: false, 0, [], [], []);
}

/// <summary>Tells a silo that is closed to take its part of a cut.</summary>
internal sealed record CutCall(Guid Cut, long Closing, Guid Snapshot, Guid[] Committed);

/// <summary>Whether a silo has taken its part.</summary>
internal sealed record CutReply(bool IsTaken)
{
    public static CutReply Refused { get; } = new(IsTaken: false);
}

/// <summary>What a snapshot shows of a partition in a silo.</summary>
/// <param name="WasThere">Whether it was there at the cut, or came there first after it.</param>
/// <param name="Ownership">The number of its owner.</param>
/// <param name="OwnersBefore">Those that may have had it before it came there.</param>
/// <param name="Lists">Its lists.</param>
internal sealed record ShownPartition(
    bool WasThere, long Ownership, SiloAddress[] OwnersBefore, Dictionary<int, int[]> Lists);

/// <summary>What a silo has of a snapshot; null: it does not know it.</summary>
internal sealed record ShownReply(Dictionary<int, ShownPartition>? Partitions);

/// <content>
/// Its part of cuts over several silos, by the steps of
/// <see cref="Memento.Silos.Snapshots.SiloCuts"/>.
/// </content>
internal sealed partial class VirtualSilo
{
    /// <summary>How long it stays closed if it hears no more of a cut.</summary>
    private static readonly long LongestClosed = VirtualTime.Milliseconds(20);

    /// <summary>How long it goes on to prepare for the next cut.</summary>
    private static readonly long Prepared = VirtualTime.Milliseconds(200);

    private readonly VirtualLatch _latch;
    private readonly Dictionary<Guid, Dictionary<int, ShownPartition>> _cuts = [];

    // Commits that were not decided by their coordinators.
    private readonly HashSet<Guid> _decidedAlone = [];
    private (Guid Cut, long Number)? _closing;
    private long _closings;
    private long? _preparedAt;
    private Task _prepared = Task.CompletedTask;
    private bool _holdsReaders;

    private bool IsPrepared => _preparedAt is { } at && All.Time.Now - at < Prepared;

    /// <summary>
    /// From now on readers are held. Ends when the commits are decided that began before.
    /// </summary>
    public async Task<Done?> PrepareAsync()
    {
        bool wasPrepared = IsPrepared;
        _preparedAt = All.Time.Now;
        if (!wasPrepared)
        {
            _holdsReaders = true;
            Post(Prepared, EndPreparation);
            _prepared = WhenDecidedAsync();
        }

        await _prepared;
        return Done.Instance;
    }

    /// <summary>Applies and decides nothing any more, for a short time.</summary>
    public async Task<CloseReply?> CloseAsync(Guid cut)
    {
        if (!Lease.IsValid) return CloseReply.Refused;

        await _latch.CloseAsync();
        if (!IsPrepared || !_prepared.IsCompleted)
        {
            _latch.Open();
            return CloseReply.Refused;
        }

        long closing = ++_closings;
        _closing = (cut, closing);
        Post(LongestClosed, () =>
        {
            if (_closing?.Number != closing) return;
            All.Counts.Add(Happening.OpenedByItself);
            Reopen();
        });
        return DescribeClosed(closing);
    }

    /// <summary>Takes its part, and opens.</summary>
    public async Task<CutReply?> CutAsync(CutCall call)
    {
        bool isClosed = _closing == (call.Cut, call.Closing);
        if (!isClosed && All.Fault != ClusterFault.CutsWhenOpen) return CutReply.Refused;

        bool isApplied = ApplyCommitted(call.Committed);
        if (isApplied) Take(call.Snapshot);
        long position = Journal.LastPosition;
        int generation = Journal.Generation;
        if (isClosed) Reopen();
        if (isApplied && Lease.IsValid && await IsDurableAsync(position, generation))
            return new CutReply(IsTaken: true);
        _cuts.Remove(call.Snapshot);
        return CutReply.Refused;
    }

    /// <summary>The cut was given up.</summary>
    public void OpenAfterCut(Guid cut)
    {
        if (_closing?.Cut == cut) Reopen();
    }

    public ShownReply? ReadSnapshot(Guid snapshot)
        => new(_cuts.TryGetValue(snapshot, out Dictionary<int, ShownPartition>? shown)
            ? new Dictionary<int, ShownPartition>(shown)
            : null);

    public void EndSnapshot(Guid snapshot) => _cuts.Remove(snapshot);

    private CloseReply DescribeClosed(long closing)
    {
        // The storage may have what is not decided yet, and a new owner would load it.
        SiloAddress?[] needed =
        [
            .. _sealed.Values
                .Where(static each => each.Member.IsWaiting)
                .Select(static each => each.Member.Phase == MemberPhase.Promised
                    ? null
                    : each.Call.Coordinator),
            .. _running.Values
                .Where(static each => each.Machine.Answer == MemberAnswer.Pending)
                .SelectMany(static each => each.BySilo.Keys),
        ];
        Guid[] committed =
        [
            .. _running.Values.Concat(_leftOut.Values)
                .Where(static each => each.Machine.Answer == MemberAnswer.Committed)
                .Select(static each => each.State.Id),
            .. _decidedAlone,
        ];
        return new CloseReply(
            IsClosed: true, closing, needed, [Here, .. Others], committed);
    }

    /// <summary>
    /// Applies what is committed and sealed here; false: the members decide it without its
    /// coordinator by now.
    /// </summary>
    private bool ApplyCommitted(Guid[] committed)
    {
        if (All.Fault == ClusterFault.CutsBeforeApplied) return true;
        foreach (Guid each in committed)
        {
            bool isSealed = _sealed.ContainsKey(each);
            if (Settle(each, isCommitted: true, byMembers: false).Answer == MemberAnswer.Promised)
                return false;
            if (isSealed) All.Counts.Add(Happening.AppliedAtCut);
        }

        return true;
    }

    private void Take(Guid snapshot)
        => _cuts[snapshot] = _partitions.Values.ToDictionary(
            static each => each.Number, static each => Show(each, wasThere: true));

    /// <summary>A partition has come here, maybe as the first one since some cuts.</summary>
    private void ShowLater(VirtualPartition partition)
    {
        foreach (Dictionary<int, ShownPartition> each in _cuts.Values)
        {
            if (!each.ContainsKey(partition.Number))
                each.Add(partition.Number, Show(partition, wasThere: false));
        }
    }

    private static ShownPartition Show(VirtualPartition partition, bool wasThere)
        => new(
            wasThere,
            partition.Holding.Owned.Epoch,
            partition.OwnersBefore,
            partition.Content.ToDictionary(
                static each => each.Key, static each => each.Value.Values));

    private async Task<bool> IsDurableAsync(long position, int generation)
        => All.Fault == ClusterFault.ShowsUndurable
            || await ConfirmReadsAsync(position, generation);

    private void Reopen()
    {
        _closing = null;
        _latch.Open();
    }

    private void EndPreparation()
    {
        if (IsPrepared)
        {
            Post(_preparedAt!.Value + Prepared - All.Time.Now, EndPreparation);
            return;
        }

        _preparedAt = null;
        _holdsReaders = false;
    }

    private async Task WhenDecidedAsync()
    {
        foreach (VirtualCoordination each in _running.Values.ToArray())
        {
            if (each.Machine.Answer == MemberAnswer.Pending)
                await (each.Decided ??= new TaskCompletionSource<bool>()).Task;
        }
    }
}
