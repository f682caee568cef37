namespace Memento.Locks;

/// <summary>Whom a request waits for, if anybody.</summary>
internal readonly record struct LockBlocker(LockOwner? Owner, LockKind Kinds, bool IsQueued)
{
    public LockConflict InTheWayOf(in LockResource resource, LockKind kind)
    {
        LockAssert.Holds(Owner is not null, "somebody is in the way");
        return new LockConflict(resource, kind, Owner.TransactionId, Kinds, IsQueued);
    }
}
