namespace Memento.Locks;

/// <summary>
/// Who is in the way of a request: enough for an error that says which lock and whose.
/// </summary>
/// <param name="Resource">What was asked for.</param>
/// <param name="Kind">The lock that was asked for.</param>
/// <param name="Holder">The transaction in the way.</param>
/// <param name="HolderKind">What that transaction holds, or is queued for.</param>
/// <param name="IsQueued">Whether it is itself still waiting, ahead of the request.</param>
internal sealed record LockConflict(
    LockResource Resource,
    LockKind Kind,
    Guid Holder,
    LockKind HolderKind,
    bool IsQueued);

/// <summary>Whom a request waits for, if anybody.</summary>
internal readonly record struct LockBlocker(LockOwner? Owner, LockKind Kinds, bool IsQueued)
{
    public LockConflict InTheWayOf(in LockResource resource, LockKind kind)
    {
        LockAssert.Holds(Owner is not null, "somebody is in the way");
        return new LockConflict(resource, kind, Owner.TransactionId, Kinds, IsQueued);
    }
}

/// <summary>One lock in a picture of a partition's locks.</summary>
/// <param name="Resource">What is locked.</param>
/// <param name="Kinds">All that the transaction holds on it, or the one kind it waits for.</param>
/// <param name="TransactionId">Whose it is.</param>
/// <param name="IsWaiting">Whether it is queued rather than held.</param>
internal readonly record struct LockInfo(
    LockResource Resource,
    LockKind Kinds,
    Guid TransactionId,
    bool IsWaiting);
