using Memento.Invariants;
using Memento.Keys;
using Memento.Leases;
using Memento.Locks;
using Memento.Tests.Clusters.Simulation.Grains;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>A list of a partition, and the journal position of its last change.</summary>
internal readonly record struct VirtualCell(int[] Values, long Position);

/// <summary>A transaction in one partition.</summary>
internal sealed class VirtualPart(Guid id, TransactionAge age, VirtualPartition partition)
    : LockOwner(id, age)
{
    public VirtualPartition Partition { get; } = partition;

    public Dictionary<int, int[]> Staged { get; } = [];

    public int Operations { get; set; }

    /// <summary>The latest journal position that it has seen.</summary>
    public long DependsOn { get; set; }

    public bool IsSealed { get; set; }

    /// <summary>Whether the storage has it as prepared, and it does not commit now.</summary>
    public bool IsPrepared { get; set; }

    public bool IsEnded { get; set; }

    public bool HasChanges => Staged.Count > 0;

    public void Append(KeptAppend kept)
        => Staged[kept.Key] = [.. Partition.Read(this, kept.Key), kept.Value];
}

/// <summary>
/// A partition in the memory of a silo: lists, with the locks of the store, by the rules of
/// <see cref="Memento.Partitions.Partition"/>.
/// </summary>
internal sealed class VirtualPartition(
    VirtualSilo silo, int number, long tenure, Dictionary<int, VirtualCell> content)
{
    public const int KeysInPartition = 2;

    private readonly Dictionary<Guid, VirtualPart> _parts = [];
    private readonly List<LockRequest> _resumed = [];
    private readonly TaskCompletionSource<bool> _drained = new();

    public VirtualSilo Silo { get; } = silo;

    public int Number { get; } = number;

    public long Tenure { get; } = tenure;

    public required Holding Holding { get; init; }

    /// <summary>What is prepared here in the storage, until the partition serves.</summary>
    public List<VirtualPrepared> Restored { get; } = [];

    /// <summary>Whether it is in ram and began empty.</summary>
    public required bool IsNew { get; init; }

    public required SiloAddress? LostWith { get; init; }

    /// <summary>The silos that may have had it last before this one.</summary>
    public required SiloAddress[] OwnersBefore { get; init; }

    public bool IsDisk => Silo.All.IsDisk(Number);

    public LockManager Locks { get; } = new();

    public Dictionary<int, VirtualCell> Content { get; } = content;

    public long LastPosition { get; private set; }

    public bool IsClosed { get; private set; }

    public bool IsTaken { get; private set; }

    /// <summary>Ends when it is closed and the last begun commit has ended.</summary>
    public Task Drained => _drained.Task;

    public VirtualPart? Find(Guid id) => _parts.GetValueOrDefault(id);

    public VirtualPart Join(Guid id, TransactionAge age)
    {
        if (_parts.TryGetValue(id, out VirtualPart? known)) return known;
        var joined = new VirtualPart(id, age, this);
        _parts.Add(id, joined);
        return joined;
    }

    /// <summary>Takes a lock, and waits for it if it must; false: it is refused.</summary>
    public async Task<bool> LockAsync(VirtualPart part, LockResource resource, LockKind kind)
    {
        LockAnswer answer = Locks.Acquire(
            part, resource, kind, _resumed, out LockRequest? request, out _);
        TaskCompletionSource<LockRequestState>? waiting = null;
        if (request is not null)
        {
            waiting = new TaskCompletionSource<LockRequestState>();
            request.Waiter = waiting;
        }

        Resume();
        if (answer == LockAnswer.Refused)
        {
            Silo.All.Counts.Add(Happening.LockRefusal);
            return false;
        }

        if (waiting is null) return true;
        Silo.All.Counts.Add(Happening.LockWait);
        return await waiting.Task == LockRequestState.Granted;
    }

    public int[] Read(VirtualPart part, int key)
    {
        VirtualCell cell = Content.GetValueOrDefault(key, new VirtualCell([], 0));
        part.DependsOn = Math.Max(part.DependsOn, cell.Position);
        return part.Staged.GetValueOrDefault(key) ?? cell.Values;
    }

    /// <summary>
    /// Begins its commit, with the appends that were kept back; false: an operation was lost, or
    /// the partition is.
    /// </summary>
    public bool TrySeal(VirtualPart part, int operations, List<KeptAppend> kept)
    {
        if (IsClosed || part.IsSealed || part.IsEnded) return false;
        if (Silo.All.Fault != ClusterFault.SealsUncounted && part.Operations != operations)
            return false;

        foreach (KeptAppend each in kept)
        {
            if (Silo.All.Fault != ClusterFault.SealsUncounted
                && (Locks.KindsHeldBy(part, ResourceOf(each.Key)) & LockKind.Write)
                    == LockKind.None)
            {
                return false;
            }

            part.Append(each);
            Silo.All.Counts.Add(Happening.KeptAppendSealed);
        }

        Invariant.Holds(!part.HasChanges || part.HoldsLocks, "who has written holds locks");
        part.IsSealed = true;
        return true;
    }

    /// <summary>The latest position that a sealed transaction has seen or overwrites.</summary>
    public long PositionBelow(VirtualPart part)
    {
        long position = part.DependsOn;
        foreach (int key in part.Staged.Keys)
            position = Math.Max(position, Content.GetValueOrDefault(key).Position);
        return position;
    }

    public void Apply(VirtualPart part, VirtualPending? pending)
    {
        Invariant.Holds(part.IsSealed && !part.IsEnded, "what is applied was sealed");
        foreach ((int key, int[] values) in part.Staged)
        {
            VirtualCell? before = Content.TryGetValue(key, out VirtualCell cell) ? cell : null;
            long position = pending?.Position ?? 0;
            Content[key] = new VirtualCell(values, position);
            LastPosition = Math.Max(LastPosition, position);
            pending?.Undo.Push(() =>
            {
                if (before is { } old)
                    Content[key] = old;
                else
                    Content.Remove(key);
            });
        }

        pending?.Parts.Add(this);
        End(part);
    }

    /// <summary>Drops a transaction with its writes and locks.</summary>
    public void Abort(VirtualPart part, bool evenIfSealed = false)
    {
        if (!part.IsEnded && (!part.IsSealed || evenIfSealed)) End(part);
    }

    public void Close()
    {
        IsClosed = true;
        foreach (VirtualPart each in _parts.Values.ToArray())
            Abort(each, evenIfSealed: MayLeave(each));
        TryDrain();
    }

    /// <summary>
    /// The storage has a transaction as prepared. Where the partition is closed, its next owner has
    /// it.
    /// </summary>
    public void KeepPrepared(VirtualPart part)
    {
        if (part.IsEnded) return;

        part.IsPrepared = true;
        if (IsClosed && MayLeave(part)) End(part);
    }

    /// <summary>Begins to write what is decided; false: it has ended here.</summary>
    public bool TryBeginConfirm(VirtualPart part)
    {
        if (part.IsEnded) return false;

        part.IsPrepared = false;
        return true;
    }

    /// <summary>Adds a transaction that is prepared in the storage, with its locks.</summary>
    public VirtualPart Restore(StoredPrepared row)
    {
        VirtualPart part = Join(row.Id, row.Age);
        foreach ((int key, int[] values) in row.Writes)
        {
            Take(part, LockResource.Partition, LockKind.IntentionWrite);
            Take(part, ResourceOf(key), LockKind.Write);
            part.Staged[key] = values;
        }

        part.IsSealed = true;
        part.IsPrepared = true;
        return part;
    }

    private void Take(VirtualPart part, LockResource resource, LockKind kind)
        => Invariant.Holds(
            Locks.Acquire(part, resource, kind, _resumed, out _, out _) == LockAnswer.Granted,
            "prepared transactions have written different records");

    private bool MayLeave(VirtualPart part) => part.IsPrepared && IsDisk;

    /// <summary>
    /// Gives its records away, once. Null where the storage has them, or they are old.
    /// </summary>
    public Dictionary<int, VirtualCell>? TakeContent(long durable)
    {
        if (IsTaken || IsDisk || Holding.IsLost) return null;
        Invariant.Holds(
            IsClosed && _parts.Count == 0, "it has drained before another one has its records");
        IsTaken = true;
        return LastPosition <= durable ? Content : null;
    }

    public void ReleaseLocks(VirtualPart part)
    {
        Locks.Release(part, _resumed);
        Resume();
    }

    private void End(VirtualPart part)
    {
        part.IsEnded = true;
        _parts.Remove(part.TransactionId);
        ReleaseLocks(part);
        Invariant.Holds(
            _parts.Count > 0 || Locks.IsIdle, "nothing is locked where no transaction is running");
        TryDrain();
    }

    private void TryDrain()
    {
        if (IsClosed && _parts.Count == 0) Silo.Wake(_drained, true);
    }

    private void Resume()
    {
        foreach (LockRequest each in _resumed)
        {
            if (each.Waiter is TaskCompletionSource<LockRequestState> waiting)
                Silo.Wake(waiting, each.State);
        }

        _resumed.Clear();
    }

    public static LockResource ResourceOf(int key)
        => LockResource.Record(new Key([(byte)key]));
}
