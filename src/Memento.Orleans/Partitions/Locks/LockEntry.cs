namespace Memento.Partitions.Locks;

/// <summary>
/// One locked resource: who holds it, who waits for it, and the rules of wait-die.
/// </summary>
/// <remarks>
/// What must hold after every call: a waiting request is of an older owner than every other owner
/// that holds a conflicting kind here, and than every other owner that waits for one ahead of it;
/// and it has at least one of those. Ages are the same in every partition, so no circle of waiting
/// can close. What can make an owner wait for a new one, and what is done about it:
/// <list type="bullet">
/// <item>a request that is queued is compared with all those first;</item>
/// <item>one that is granted from the queue was ahead of whoever conflicts with it already;</item>
/// <item>one that goes ahead of others, granted or queued, sends away those that conflict and are
/// younger (<see cref="RefuseYounger"/>);</item>
/// <item>whatever leaves only takes away reasons to wait.</item>
/// </list>
/// A lock over a range will be another class beside this one, with the same queue, holds and
/// requests, that also asks whether the range and the point meet.
/// </remarks>
internal sealed class LockEntry(LockPool pool)
{
    private readonly LockQueue _queue = new();
    private KindCounts _held;
    private LockHold? _firstHold;
    private int _holdCount;

    public LockResource Resource { get; set; }

    public bool IsIdle => _firstHold is null && _queue.IsEmpty;

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
        if (LockKinds.Cover(ownKinds, kind))
            return LockAnswer.Granted;

        if (!_queue.IsEmpty || _held.OthersHave(LockKinds.ConflictsOf(kind), ownKinds))
            return AcquireAmongOthers(owner, own, kind, resumed, out request, out conflict);

        Hold(owner, own, kind);
        return LockAnswer.Granted;
    }

    /// <summary>Takes a hold out of this entry and back to the pool; grants nothing yet.</summary>
    public void Release(LockHold hold)
    {
        LockAssert.Holds(hold.Entry == this, "a hold is released where it is held");
        if (hold.PreviousOfEntry is null)
            _firstHold = hold.NextOfEntry;
        else
            hold.PreviousOfEntry.NextOfEntry = hold.NextOfEntry;
        if (hold.NextOfEntry is not null)
            hold.NextOfEntry.PreviousOfEntry = hold.PreviousOfEntry;
        hold.NextOfEntry = null;
        hold.PreviousOfEntry = null;
        if (Resource.IsPartition)
            hold.Owner.PartitionHold = null;
        _held.Remove(hold.Kinds);
        _holdCount--;
        pool.Return(hold);
    }

    /// <summary>Takes a request out of the queue; grants nothing yet.</summary>
    public void Remove(LockRequest request, LockRequestState state)
    {
        LockAssert.Holds(
            request.Entry == this && request.State == LockRequestState.Waiting,
            "only what waits here is taken out of the queue");
        _queue.Remove(request);
        request.Owner.Remove(request);
        request.Entry = null;
        request.State = state;
    }

    /// <summary>Grants, in the order of the queue, what waits for nobody any more.</summary>
    public void GrantWaiters(List<LockRequest> resumed)
    {
        LockKind kindsAhead = LockKind.None;
        LockRequest? next;
        for (LockRequest? request = _queue.Head; request is not null; request = next)
        {
            next = request.NextInQueue;
            if (MustWait(request, kindsAhead))
            {
                kindsAhead |= request.Kind;
                continue;
            }

            Remove(request, LockRequestState.Granted);
            Hold(request.Owner, FindHold(request.Owner), request.Kind);
            resumed.Add(request);
        }
    }

    public LockKind KindsHeldBy(LockOwner owner) => FindHold(owner)?.Kinds ?? LockKind.None;

    /// <summary>Somebody that a queued request waits for.</summary>
    public LockConflict? FindBlocker(LockRequest request)
    {
        var (blocker, kinds, isQueued) =
            FindBlocker(request.Owner, request.Kind, request.PreviousInQueue);
        return blocker is null
            ? null
            : new LockConflict(Resource, request.Kind, blocker.TransactionId, kinds, isQueued);
    }

    /// <summary>Adds the holders, then those that wait, in the order of the queue.</summary>
    public void Describe(List<LockInfo> locks)
    {
        for (LockHold? hold = _firstHold; hold is not null; hold = hold.NextOfEntry)
            locks.Add(new LockInfo(Resource, hold.Kinds, hold.Owner.TransactionId, false));
        for (LockRequest? request = _queue.Head; request is not null; request = request.NextInQueue)
            locks.Add(new LockInfo(Resource, request.Kind, request.Owner.TransactionId, true));
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

        // One that holds something here goes ahead of the queue: those in it may be waiting for
        // what it holds. One that has a request in the queue already keeps that place. Others go
        // last.
        LockRequest? ahead = own is not null ? null : _queue.LastOf(owner) ?? _queue.Tail;
        var (blocker, kinds, isQueued) = FindBlocker(owner, kind, ahead);
        if (blocker is not null && blocker.IsOlderThan(owner))
        {
            conflict = new(Resource, kind, blocker.TransactionId, kinds, isQueued);
            return LockAnswer.Refused;
        }

        LockRequest? behind = ahead is null ? _queue.Head : ahead.NextInQueue;
        if (blocker is null)
        {
            Hold(owner, own, kind);
        }
        else
        {
            request = new LockRequest(owner, Resource, kind) { Entry = this };
            _queue.InsertBehind(ahead, request);
            owner.Add(request);
        }

        if (RefuseYounger(owner, kind, behind, isQueued: blocker is not null, resumed))
            GrantWaiters(resumed);
        return blocker is null ? LockAnswer.Granted : LockAnswer.Waiting;
    }

    /// <summary>
    /// Finds whom a request in this place waits for: an older owner when there is one, otherwise
    /// any.
    /// </summary>
    private (LockOwner? Owner, LockKind Kinds, bool IsQueued) FindBlocker(
        LockOwner owner, LockKind kind, LockRequest? lastAhead)
    {
        LockKind conflicts = LockKinds.ConflictsOf(kind);
        (LockOwner? Owner, LockKind Kinds, bool IsQueued) found = default;
        if (_held.OthersHave(conflicts, KindsHeldBy(owner)))
        {
            for (LockHold? hold = _firstHold; hold is not null; hold = hold.NextOfEntry)
            {
                if (hold.Owner == owner || (hold.Kinds & conflicts) == 0)
                    continue;
                found = (hold.Owner, hold.Kinds, false);
                if (hold.Owner.IsOlderThan(owner))
                    return found;
            }
        }

        if ((_queue.Kinds & conflicts) == 0)
            return found;

        for (LockRequest? other = lastAhead; other is not null; other = other.PreviousInQueue)
        {
            if (other.Owner == owner || (other.Kind & conflicts) == 0)
                continue;
            if (other.Owner.IsOlderThan(owner))
                return (other.Owner, other.Kind, true);
            if (found.Owner is null)
                found = (other.Owner, other.Kind, true);
        }

        return found;
    }

    /// <summary>
    /// Sends away those that would now wait for an older one that went ahead of them. True when it
    /// sent any away, so that others may be free to go.
    /// </summary>
    private bool RefuseYounger(
        LockOwner owner,
        LockKind kind,
        LockRequest? behind,
        bool isQueued,
        List<LockRequest> resumed)
    {
        LockKind conflicts = LockKinds.ConflictsOf(kind);
        bool any = false;
        LockRequest? next;
        for (LockRequest? other = behind; other is not null; other = next)
        {
            next = other.NextInQueue;
            if (other.Owner == owner
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
        if ((_held.Present & conflicts) != 0
            && _held.OthersHave(conflicts, KindsHeldBy(request.Owner)))
        {
            return true;
        }

        if ((kindsAhead & conflicts) == 0)
            return false;

        // From the head: whoever blocks many is usually there. Requests of one owner do not
        // conflict.
        LockRequest? other = _queue.Head;
        while (other != request)
        {
            LockAssert.Holds(other is not null, "a request is behind the head of its queue");
            if (other.Owner != request.Owner && (other.Kind & conflicts) != 0)
                return true;
            other = other.NextInQueue;
        }

        return false;
    }

    private void Hold(LockOwner owner, LockHold? own, LockKind kind)
    {
        if (own is not null)
        {
            _held.Add(kind & ~own.Kinds);
            own.Kinds |= kind;
            return;
        }

        LockHold hold = pool.TakeHold();
        hold.Owner = owner;
        hold.Entry = this;
        hold.Kinds = kind;
        hold.NextOfEntry = _firstHold;
        if (_firstHold is not null)
            _firstHold.PreviousOfEntry = hold;
        _firstHold = hold;
        _held.Add(kind);
        _holdCount++;
        owner.Add(hold);
        if (Resource.IsPartition)
            owner.PartitionHold = hold;
    }

    private LockHold? FindHold(LockOwner owner)
    {
        if (Resource.IsPartition)
            return owner.PartitionHold;

        // Whichever list is shorter: a record has few holders, or its many readers hold little
        // each.
        LockHold? hold;
        if (_holdCount <= owner.HoldCount)
        {
            hold = _firstHold;
            while (hold is not null && hold.Owner != owner)
                hold = hold.NextOfEntry;
            return hold;
        }

        hold = owner.FirstHold;
        while (hold is not null && hold.Entry != this)
            hold = hold.NextOfOwner;
        return hold;
    }
}
