using System.Runtime.InteropServices;
using Memento.Invariants;

namespace Memento.Locks;

/// <summary>
/// The locks of one partition: strict two-phase locking with wait-die. It is a plain state machine
/// without tasks, timers or threads: the partition calls it under its gate, and wakes the requests
/// that a call resumes.
/// </summary>
/// <remarks>
/// Calls append to <c>resumed</c> and never clear it. A refused owner keeps its locks until
/// <see cref="Release"/>, which its partition calls.
/// </remarks>
internal sealed class LockManager
{
    /// <summary>
    /// An empty table with more room than this is replaced: one transaction had very many locks.
    /// </summary>
    public const int EmptyCapacityLimit = 65_536;

    private readonly Dictionary<LockResource, LockEntry> _entries = [];
    private readonly LockPool _pool = new();
    private readonly LockSpaces _spaces = new();
    private readonly List<LockSpace> _marked = [];
    private readonly LockEntry _partition;

    public LockManager()
        => _partition = new LockEntry(_pool)
        {
            Resource = LockResource.Partition,
            Space = new LockSpace(),
        };

    /// <summary>Whether no lock is held, no request waits, and no entry is left.</summary>
    public bool IsIdle => _pool.HoldsInUse == 0 && _entries.Count == 0 && _partition.IsIdle;

    /// <summary>How many locks are held: one for each owner on each resource.</summary>
    public int HeldCount => _pool.HoldsInUse;

    /// <summary>
    /// Requests a lock. A waiting owner must be older than every owner that it waits for; otherwise
    /// it is refused at once. A request that goes ahead of others may have them refused. Those are
    /// in <paramref name="resumed"/>, and so are the requests that are granted because of that.
    /// </summary>
    /// <param name="owner">The owner that requests the lock.</param>
    /// <param name="resource">The resource.</param>
    /// <param name="kind">The kind of lock, or several kinds at once.</param>
    /// <param name="resumed">The requests of other owners whose wait this one ended.</param>
    /// <param name="request">The waiting request, if the answer is to wait.</param>
    /// <param name="conflict">The transaction in the way, if the request is refused.</param>
    public LockAnswer Acquire(
        LockOwner owner,
        in LockResource resource,
        LockKind kind,
        List<LockRequest> resumed,
        out LockRequest? request,
        out LockConflict? conflict)
    {
        Invariant.Holds(
            kind != LockKind.None && (kind & ~LockKinds.All) == 0, "a request is for some lock");
        owner.Manager ??= this;
        Invariant.Holds(owner.Manager == this, "an owner has the locks of one partition");
        if (resource.IsPartition)
            return _partition.Acquire(owner, kind, resumed, out request, out conflict);

        if (resource.IsRange)
        {
            request = null;
            conflict = null;
            if (HasRange(owner, resource, kind)) return LockAnswer.Granted;
            _spaces[resource.Space].ExpectRanges(_entries);
        }

        LockEntry entry = FindOrAdd(resource);
        int behindResumed = resumed.Count;
        LockAnswer answer = entry.Acquire(owner, kind, resumed, out request, out conflict);
        if (answer == LockAnswer.Refused || resumed.Count != behindResumed)
            DropIdle(entry, resumed, behindResumed);
        if (resource.IsRange && answer == LockAnswer.Granted) Merge(owner, resource);
        return answer;
    }

    /// <summary>
    /// Takes a lock if that is possible at once, without being in anybody's way. False: it was not
    /// taken, and nothing has changed for anybody.
    /// </summary>
    public bool TryAcquire(LockOwner owner, in LockResource resource, LockKind kind)
    {
        Invariant.Holds(!resource.IsRange, "a range is waited for");
        owner.Manager ??= this;
        Invariant.Holds(owner.Manager == this, "an owner has the locks of one partition");
        if (resource.IsPartition) return _partition.TryAcquire(owner, kind);

        LockEntry entry = FindOrAdd(resource);
        bool isTaken = entry.TryAcquire(owner, kind);
        if (entry.IsIdle) Drop(entry);
        return isTaken;
    }

    /// <summary>
    /// Whether others have locked, or wait to lock, a resource for writing. Locks of ranges around
    /// it are not looked for.
    /// </summary>
    public bool IsTakenByOthers(LockOwner owner, in LockResource resource)
        => Find(resource) is { } entry && entry.IsTakenByOthers(owner);

    /// <summary>
    /// Releases all locks and requests of an owner, and grants the requests of others that become
    /// possible. The owner's own requests are resumed too, as
    /// <see cref="LockRequestState.Released"/>.
    /// </summary>
    public void Release(LockOwner owner, List<LockRequest> resumed)
    {
        if (owner.Manager is null) return;

        Invariant.Holds(owner.Manager == this, "an owner has the locks of one partition");
        owner.Manager = null;

        // All its requests first; otherwise a released lock could be granted to the owner itself.
        int firstReleased = resumed.Count;
        while (owner.FirstRequest is { Entry: { } waitedFor } request)
        {
            MarkIfRanges(waitedFor.Space);
            waitedFor.Remove(request, LockRequestState.Released);
            resumed.Add(request);
        }

        int behindReleased = resumed.Count;
        while (owner.TakeHold() is { } hold)
        {
            LockEntry held = hold.Entry;
            MarkIfRanges(held.Space);
            held.Release(hold);
            Settle(held, resumed);
        }

        for (int index = firstReleased; index < behindReleased; index++)
        {
            if (Find(resumed[index].Resource) is { } waitedFor) Settle(waitedFor, resumed);
        }

        if (_marked.Count != 0) SettleMarked(owner, resumed);
        Invariant.Holds(
            owner.FirstRequest is null && owner.PartitionHold is null
                && owner.HoldCount == 0 && owner.RangeCount == 0,
            "a released owner has nothing");
        if (_entries.Count == 0 && _entries.Capacity > EmptyCapacityLimit) _entries.TrimExcess();
    }

    /// <summary>
    /// Ends a wait, because its time limit passed or its caller cancelled. False if the wait had
    /// ended already.
    /// </summary>
    public bool Cancel(LockRequest request, List<LockRequest> resumed)
    {
        if (request.Entry is not { } entry) return false;

        Invariant.Holds(request.Owner.Manager == this, "a request is cancelled where it waits");
        MarkIfRanges(entry.Space);
        entry.Remove(request, LockRequestState.Cancelled);
        Settle(entry, resumed);
        if (_marked.Count != 0) SettleMarked(gone: null, resumed);
        return true;
    }

    /// <summary>The kinds of lock that an owner holds on a resource.</summary>
    public LockKind KindsHeldBy(LockOwner owner, in LockResource resource)
        => Find(resource)?.KindsHeldBy(owner) ?? LockKind.None;

    /// <summary>An owner that a request waits for; null if it does not wait any more.</summary>
    public LockConflict? FindBlocker(LockRequest request)
    {
        if (request.Entry is not { } entry) return null;

        Invariant.Holds(request.Owner.Manager == this, "a request waits in its owner's partition");
        return entry.FindBlocker(request);
    }

    /// <summary>
    /// Adds every held and every requested lock: by resource, first the holders, then the queue in
    /// order.
    /// </summary>
    public void Describe(List<LockInfo> locks)
    {
        _partition.Describe(locks);
        foreach (LockEntry entry in _entries.Values)
            entry.Describe(locks);
    }

    private LockEntry? Find(in LockResource resource)
        => resource.IsPartition ? _partition : _entries.GetValueOrDefault(resource);

    private LockEntry FindOrAdd(in LockResource resource)
    {
        ref LockEntry? found =
            ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, resource, out _);
        return found ??= _pool.TakeEntry(resource, _spaces[resource.Space]);
    }

    /// <summary>
    /// Whether an owner needs no new lock for a range: the range is empty, or inside a range that
    /// it holds.
    /// </summary>
    private bool HasRange(LockOwner owner, in LockResource range, LockKind kind)
    {
        Invariant.Holds(kind == LockKind.Read, "a range is locked to be read");
        if (range.IsEmpty) return true;
        if (owner.FindRangeAround(range) is not { } held) return false;

        // A range that the owner waited for was not merged when it was granted among other
        // requests.
        if (held.Entry.Resource == range) Merge(owner, range);
        return true;
    }

    /// <summary>
    /// Joins the ranges of an owner that touch a newly granted one. The joined range has the same
    /// keys, so no other request is affected, and no request has to be settled.
    /// </summary>
    private void Merge(LockOwner owner, in LockResource granted)
    {
        LockResource joined = granted;
        int parts = 0;
        for (LockHold? hold = owner.FirstRange; hold is not null; hold = hold.NextOfOwner)
        {
            if (!hold.Entry.Resource.Touches(granted)) continue;
            joined = joined.JoinWith(hold.Entry.Resource);
            parts++;
        }

        if (parts < 2) return;

        FindOrAdd(joined).Join(owner);
        while (owner.TakeRangeIn(joined) is { } part)
        {
            LockEntry entry = part.Entry;
            entry.Release(part);
            if (entry.IsIdle) Drop(entry);
        }
    }

    /// <summary>
    /// Grants the requests that can be granted after a lock or request was removed, and drops an
    /// unused entry.
    /// </summary>
    private void Settle(LockEntry entry, List<LockRequest> resumed)
    {
        entry.GrantWaiters(resumed);
        if (entry.IsIdle) Drop(entry);
    }

    /// <summary>
    /// Drops the entries that a request left unused: its own entry if it was refused, and the
    /// entries of other requests that were refused because of it.
    /// </summary>
    private void DropIdle(LockEntry asked, List<LockRequest> resumed, int firstResumed)
    {
        if (asked.IsIdle) Drop(asked);
        for (int index = firstResumed; index < resumed.Count; index++)
        {
            if (Find(resumed[index].Resource) is { IsIdle: true } entry) Drop(entry);
        }
    }

    private void Drop(LockEntry entry)
    {
        if (entry.Resource.IsPartition) return;

        Invariant.Holds(_entries.Remove(entry.Resource), "an entry in use is in the table");
        _pool.Return(entry);
    }

    /// <summary>
    /// Marks a key space in which the owner may have blocked ranges by a point, or points by a
    /// range. The space is searched once, and not for each of its locks.
    /// </summary>
    private void MarkIfRanges(LockSpace space)
    {
        if (space.HasRanges) Mark(space);
    }

    private void Mark(LockSpace space)
    {
        if (space.IsMarked) return;

        space.IsMarked = true;
        _marked.Add(space);
    }

    private void SettleMarked(LockOwner? gone, List<LockRequest> resumed)
    {
        foreach (LockSpace space in _marked)
        {
            space.IsMarked = false;
            space.Settle(gone, resumed);
        }

        _marked.Clear();
    }
}
