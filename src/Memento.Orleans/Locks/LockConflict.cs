using Memento.Invariants;

namespace Memento.Locks;

/// <summary>
/// The transaction that is in the way of a request, with all that an error needs to name the lock
/// and its holder.
/// </summary>
/// <param name="Resource">The requested resource.</param>
/// <param name="Kind">The requested lock.</param>
/// <param name="Holder">The transaction in the way.</param>
/// <param name="HolderKind">The lock that this transaction holds, or waits for.</param>
/// <param name="IsQueued">Whether it waits itself, ahead of the request.</param>
internal sealed record LockConflict(
    LockResource Resource,
    LockKind Kind,
    Guid Holder,
    LockKind HolderKind,
    bool IsQueued);

/// <summary>The owner that a request waits for, if any.</summary>
internal readonly record struct LockBlocker(LockOwner? Owner, LockKind Kinds, bool IsQueued)
{
    public LockConflict InTheWayOf(in LockResource resource, LockKind kind)
    {
        Invariant.Holds(Owner is not null, "somebody is in the way");
        return new LockConflict(resource, kind, Owner.TransactionId, Kinds, IsQueued);
    }
}

/// <summary>One lock in a picture of a partition's locks.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Kinds">
/// The kinds that the transaction holds on it, or the kind that it waits for.
/// </param>
/// <param name="TransactionId">The transaction.</param>
/// <param name="IsWaiting">Whether it is waiting, and not held.</param>
internal readonly record struct LockInfo(
    LockResource Resource,
    LockKind Kinds,
    Guid TransactionId,
    bool IsWaiting)
{
    /// <summary>A transaction that it waits for.</summary>
    public Guid? BlockedBy { get; init; }
}
