using Memento.Invariants;

namespace Memento.Locks;

/// <summary>
/// One locked resource (the partition, a point or a range): its holders, its waiting requests, and
/// the rules of wait-die.
/// </summary>
/// <remarks>
/// A range and a point in it meet: a lock or a request on one counts on the other as if both were
/// the same resource.
///
/// What must hold after every call: a waiting request has an older owner than every other owner
/// that holds a conflicting kind, and than every other owner that waits ahead of it for one, here
/// and on the entries that this one meets; and there is at least one such owner. Ages are the same
/// in every partition, so no circle of waiting can close.
///
/// An owner could begin to wait for a new owner in these cases:
/// <list type="bullet">
/// <item>A request is queued: it is compared with all those owners first.</item>
/// <item>A request is granted from the queue: it was ahead of all that conflict with it.</item>
/// <item>A request goes ahead of others, granted or queued: the younger owners that conflict with
/// it are refused (<see cref="RefuseYounger"/>).</item>
/// <item>A lock or request is removed: that only removes reasons to wait.</item>
/// </list>
///
/// No request starves: it is overtaken only by owners that it, or a request ahead of it, waits for
/// already (<see cref="FindPlace"/>), and no new owner becomes one of those.
/// </remarks>
internal sealed partial class LockEntry(LockPool pool)
{
    private readonly LockQueue _queue = new();
    private LockHolders _holders;

    public LockResource Resource { get; set; }

    /// <summary>Its key space; in the pool, its last key space.</summary>
    public LockSpace Space { get; set; } = null!;

    /// <summary>The place of a point in its key space.</summary>
    public int Place { get; set; }

    /// <summary>The node of a range in its key space.</summary>
    public LockRange? Range { get; set; }

    public bool IsIdle => _holders.First is null && _queue.IsEmpty;

    public LockAnswer Acquire(
        LockOwner owner,
        LockKind kind,
        List<LockRequest> resumed,
        out LockRequest? request,
        out LockConflict? conflict)
    {
        request = null;
        conflict = null;
        LockHold? own = FindHold(owner);
        LockKind ownKinds = own?.Kinds ?? LockKind.None;
        if (LockKinds.Cover(ownKinds, kind)) return LockAnswer.Granted;

        if (!_queue.IsEmpty
            || _holders.Kinds.OthersHave(LockKinds.ConflictsOf(kind), ownKinds)
            || MayConflictAcross(kind))
        {
            return AcquireAmongOthers(owner, own, kind, resumed, out request, out conflict);
        }

        Hold(owner, own, kind);
        return LockAnswer.Granted;
    }

    /// <summary>Gives an owner a range whose every part it holds.</summary>
    public void Join(LockOwner owner)
    {
        Invariant.Holds(Resource.IsRange, "ranges are joined");
        Hold(owner, FindHold(owner), LockKind.Read);
    }

    /// <summary>Returns a hold of this entry to the pool. Grants nothing yet.</summary>
    public void Release(LockHold hold)
    {
        Invariant.Holds(hold.Entry == this, "a hold is released where it is held");
        _holders.Remove(hold);
        if (Resource.IsPartition) hold.Owner.PartitionHold = null;
        pool.Return(hold);
    }

    /// <summary>Removes a request from the queue. Grants nothing yet.</summary>
    public void Remove(LockRequest request, LockRequestState state)
    {
        Invariant.Holds(
            request.Entry == this && request.State == LockRequestState.Waiting,
            "only what waits here is taken out of the queue");
        _queue.Remove(request);
        Space.Waiting.Remove(request);
        request.Owner.Remove(request);
        request.Entry = null;
        request.HeldUpBy = null;
        request.State = state;
    }

    /// <summary>
    /// Grants, in the order of the queue, the requests that wait for no owner any more.
    /// </summary>
    public void GrantWaiters(List<LockRequest> resumed)
    {
        LockKind kindsAhead = LockKind.None;
        LockRequest? next;
        for (LockRequest? request = _queue.Head; request is not null; request = next)
        {
            next = request.NextInQueue;
            if (MustWait(request, kindsAhead))
                kindsAhead |= request.Kind;
            else
                Grant(request, resumed);
        }
    }

    /// <summary>
    /// Grants a waiting request of this entry, if it waits for no owner any more.
    /// </summary>
    public void TryGrant(LockRequest request, List<LockRequest> resumed)
    {
        if (!MustWait(request, LockKinds.All)) Grant(request, resumed);
    }

    public LockKind KindsHeldBy(LockOwner owner) => FindHold(owner)?.Kinds ?? LockKind.None;

    /// <summary>An owner that a queued request waits for.</summary>
    public LockConflict? FindBlocker(LockRequest request)
    {
        LockBlocker blocker = FindBlocker(request.Owner, request.Kind, request);
        return blocker.Owner is null ? null : blocker.InTheWayOf(Resource, request.Kind);
    }

    private LockAnswer AcquireAmongOthers(
        LockOwner owner,
        LockHold? own,
        LockKind kind,
        List<LockRequest> resumed,
        out LockRequest? request,
        out LockConflict? conflict)
    {
        request = null;
        conflict = null;
        LockRequest? behind = FindPlace(owner, kind);
        LockBlocker blocker = FindBlocker(owner, kind, behind);
        if (blocker.Owner is not null && blocker.Owner.IsOlderThan(owner))
        {
            conflict = blocker.InTheWayOf(Resource, kind);
            return LockAnswer.Refused;
        }

        if (blocker.Owner is null)
        {
            Hold(owner, own, kind);
        }
        else
        {
            request = new LockRequest(owner, Resource, kind) { Entry = this };
            Space.Waiting.InsertAhead(behind, request);
            _queue.InsertBehind(_queue.LastAheadOf(behind), request);
            owner.Add(request);
        }

        if (behind is not null && RefuseAllYounger(owner, kind, behind, request, resumed))
            Space.Settle(gone: null, resumed);
        return blocker.Owner is null ? LockAnswer.Granted : LockAnswer.Waiting;
    }

    /// <summary>
    /// Finds the first request, here and on the entries that this one meets, that waits for an
    /// owner already. A new request of that owner goes ahead of it, or the two would wait for each
    /// other. Null is the end of the queue: an owner whose locks no request waits for passes no
    /// other request.
    /// </summary>
    private LockRequest? FindPlace(LockOwner owner, LockKind kind)
    {
        LockRequest? first = FirstBehind(owner);
        if (!MayConflictAcross(kind)) return first;

        foreach (LockEntry other in Space.Meeting(this))
            first = LockRequest.FirstOf(first, other.FirstBehind(owner));
        return first;
    }

    private LockRequest? FirstBehind(LockOwner owner)
    {
        if (_queue.IsEmpty) return null;

        LockKind own = KindsHeldBy(owner);
        if (own == LockKind.None && owner.FirstRequest is null && !Space.HasRanges) return null;

        for (LockRequest? request = _queue.Head; request is not null; request = request.NextInQueue)
        {
            if (request.Owner == owner)
                own |= request.Kind;
            else if (LockKinds.Conflict(own, request.Kind) || Space.WaitsAcross(request, owner))
                return request;
        }

        return null;
    }

    /// <summary>
    /// Finds the owner that a request would wait for if it were ahead of another one: an older
    /// owner if there is one, otherwise any.
    /// </summary>
    private LockBlocker FindBlocker(LockOwner owner, LockKind kind, LockRequest? behind)
    {
        LockKind conflicts = LockKinds.ConflictsOf(kind);
        LockBlocker found = default;
        if (FindBlockerHere(owner, conflicts, behind, ref found) || !MayConflictAcross(kind))
            return found;

        foreach (LockEntry other in Space.Meeting(this))
        {
            if (other.FindBlockerHere(owner, conflicts, behind, ref found)) break;
        }

        return found;
    }

    /// <summary>True if the owner is an older one, so that the search can end.</summary>
    private bool FindBlockerHere(
        LockOwner owner, LockKind conflicts, LockRequest? behind, ref LockBlocker found)
    {
        if (_holders.Kinds.OthersHave(conflicts, KindsHeldBy(owner)))
        {
            for (LockHold? hold = _holders.First; hold is not null; hold = hold.NextOfEntry)
            {
                if (hold.Owner == owner || (hold.Kinds & conflicts) == 0) continue;
                found = new LockBlocker(hold.Owner, hold.Kinds, IsQueued: false);
                if (hold.Owner.IsOlderThan(owner)) return true;
            }
        }

        if ((_queue.Kinds & conflicts) == 0) return false;

        for (LockRequest? other = _queue.Tail; other is not null; other = other.PreviousInQueue)
        {
            if (other.Owner == owner || (other.Kind & conflicts) == 0 || !other.IsAheadOf(behind))
                continue;
            bool isOlder = other.Owner.IsOlderThan(owner);
            if (isOlder || found.Owner is null)
                found = new LockBlocker(other.Owner, other.Kind, IsQueued: true);
            if (isOlder) return true;
        }

        return false;
    }

    private bool RefuseAllYounger(
        LockOwner owner,
        LockKind kind,
        LockRequest behind,
        LockRequest? request,
        List<LockRequest> resumed)
    {
        bool isQueued = request is not null;
        bool any = RefuseYounger(owner, kind, behind, isQueued, resumed);
        if (!MayConflictAcross(kind)) return any;

        foreach (LockEntry other in Space.Meeting(this))
            any |= other.RefuseYounger(owner, kind, behind, isQueued, resumed);
        return any;
    }

    /// <summary>
    /// Refuses the requests of younger owners that would now wait for an older owner ahead of them.
    /// True if it refused any, so that other requests may be free to go.
    /// </summary>
    private bool RefuseYounger(
        LockOwner owner,
        LockKind kind,
        LockRequest behind,
        bool isQueued,
        List<LockRequest> resumed)
    {
        LockKind conflicts = LockKinds.ConflictsOf(kind);
        bool any = false;
        LockRequest? next;
        for (LockRequest? other = _queue.Head; other is not null; other = next)
        {
            next = other.NextInQueue;
            if (other.IsAheadOf(behind)
                || other.Owner == owner
                || (other.Kind & conflicts) == 0
                || !owner.IsOlderThan(other.Owner))
            {
                continue;
            }

            Remove(other, LockRequestState.Refused);
            other.Conflict = new(Resource, other.Kind, owner.TransactionId, kind, isQueued);
            resumed.Add(other);
            any = true;
        }

        return any;
    }

    private bool MustWait(LockRequest request, LockKind kindsAhead)
    {
        LockKind conflicts = LockKinds.ConflictsOf(request.Kind);
        if ((_holders.Kinds.Present & conflicts) != 0
            && _holders.Kinds.OthersHave(conflicts, KindsHeldBy(request.Owner)))
        {
            return true;
        }

        if ((kindsAhead & conflicts) != 0 && HasQueuedAhead(request, conflicts)) return true;

        return MayConflictAcross(request.Kind) && MustWaitAcross(request, conflicts);
    }

    /// <summary>
    /// Whether a kind can conflict with the entries that this one meets. Ranges are only read, and
    /// only writers of points conflict with them.
    /// </summary>
    private bool MayConflictAcross(LockKind kind)
        => Resource.IsRange
            ? Space.HasPoints && LockKinds.Conflict(kind, LockKind.Write)
            : Space.HasRanges && LockKinds.Conflict(kind, LockKind.Read);

    private bool MustWaitAcross(LockRequest request, LockKind conflicts)
    {
        if (request.HeldUpBy is not null) return true;

        foreach (LockEntry other in Space.Meeting(this))
        {
            request.HeldUpBy = other._holders.FindOther(request.Owner, conflicts);
            if (request.HeldUpBy is not null || other.HasQueuedAhead(request, conflicts))
                return true;
        }

        return false;
    }

    private bool HasQueuedAhead(LockRequest request, LockKind conflicts)
    {
        if ((_queue.Kinds & conflicts) == 0) return false;

        // From the head: a request that blocks many is usually there. Requests of one owner do not
        // conflict.
        LockRequest? other = _queue.Head;
        while (other is not null && other.IsAheadOf(request))
        {
            if (other.Owner != request.Owner && (other.Kind & conflicts) != 0) return true;
            other = other.NextInQueue;
        }

        return false;
    }

    private void Grant(LockRequest request, List<LockRequest> resumed)
    {
        Remove(request, LockRequestState.Granted);
        Hold(request.Owner, FindHold(request.Owner), request.Kind);
        resumed.Add(request);
    }

    private void Hold(LockOwner owner, LockHold? own, LockKind kind)
    {
        if (own is not null)
        {
            _holders.Widen(own, kind);
            return;
        }

        LockHold hold = pool.TakeHold();
        hold.Owner = owner;
        hold.Entry = this;
        hold.Kinds = kind;
        _holders.Add(hold);
        owner.Add(hold);
        if (Resource.IsPartition) owner.PartitionHold = hold;
    }

    private LockHold? FindHold(LockOwner owner)
        => Resource.IsPartition ? owner.PartitionHold : _holders.Find(this, owner);
}
