namespace Memento.Locks;

/// <content>A picture of it, for people.</content>
internal sealed partial class LockEntry
{
    /// <summary>Adds the holders, then the waiting requests, in the order of the queue.</summary>
    public void Describe(List<LockInfo> locks)
    {
        for (LockHold? hold = _holders.First; hold is not null; hold = hold.NextOfEntry)
            locks.Add(new LockInfo(Resource, hold.Kinds, hold.Owner.TransactionId, false));
        for (LockRequest? request = _queue.Head; request is not null; request = request.NextInQueue)
        {
            locks.Add(new LockInfo(Resource, request.Kind, request.Owner.TransactionId, true)
            {
                BlockedBy = FindInTheWay(request),
            });
        }
    }

    /// <summary>A holder, if there is one: the queue may be long.</summary>
    private Guid? FindInTheWay(LockRequest request)
    {
        LockKind conflicts = LockKinds.ConflictsOf(request.Kind);
        for (LockHold? hold = _holders.First; hold is not null; hold = hold.NextOfEntry)
        {
            if (hold.Owner != request.Owner && (hold.Kinds & conflicts) != 0)
                return hold.Owner.TransactionId;
        }

        return FindBlocker(request)?.Holder;
    }
}
