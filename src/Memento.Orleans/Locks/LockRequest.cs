namespace Memento.Locks;

/// <summary>A request that waits for a lock. Not pooled, because its waiter keeps it.</summary>
internal sealed class LockRequest(LockOwner owner, LockResource resource, LockKind kind)
{
    public LockOwner Owner { get; } = owner;

    public LockResource Resource { get; } = resource;

    public LockKind Kind { get; } = kind;

    public LockRequestState State { get; set; }

    /// <summary>
    /// The transaction that went ahead, if the state is <see cref="LockRequestState.Refused"/>.
    /// </summary>
    public LockConflict? Conflict { get; set; }

    /// <summary>
    /// The object that the partition wakes for this request. The lock manager does not use it.
    /// </summary>
    public object? Waiter { get; set; }

    /// <summary>Null after the request has left the queue.</summary>
    public LockEntry? Entry { get; set; }

    /// <summary>
    /// An owner on another entry that this request is known to wait for. Locks are kept to the end
    /// of their owner, so no new search is needed before that.
    /// </summary>
    public LockOwner? HeldUpBy { get; set; }

    /// <summary>Of two requests in one key space, the smaller number is granted first.</summary>
    public long Order { get; set; }

    public LockRequest? NextInSpace { get; set; }

    public LockRequest? PreviousInSpace { get; set; }

    public LockRequest? NextInQueue { get; set; }

    public LockRequest? PreviousInQueue { get; set; }

    public LockRequest? NextOfOwner { get; set; }

    public LockRequest? PreviousOfOwner { get; set; }

    /// <summary>The first of two in one key space, either of which may be missing.</summary>
    public static LockRequest? FirstOf(LockRequest? left, LockRequest? right)
        => left is null || (right is not null && right.IsAheadOf(left)) ? right : left;

    /// <summary>Null is the end of the order: every request is ahead of it.</summary>
    public bool IsAheadOf(LockRequest? other) => other is null || Order < other.Order;
}

/// <summary>
/// The state of a request that had to wait. It leaves <see cref="Waiting"/> once.
/// </summary>
internal enum LockRequestState
{
    Waiting,

    /// <summary>The owner has the lock.</summary>
    Granted,

    /// <summary>
    /// An older transaction went ahead; <see cref="LockRequest.Conflict"/> says which.
    /// </summary>
    Refused,

    /// <summary>The wait was ended by <see cref="LockManager.Cancel"/>.</summary>
    Cancelled,

    /// <summary>The owner was released during the wait: its transaction has ended.</summary>
    Released,
}

/// <summary>The answer to a request for a lock.</summary>
internal enum LockAnswer
{
    /// <summary>The owner has the lock.</summary>
    Granted,

    /// <summary>The request is queued. A later call adds it to its resumed requests.</summary>
    Waiting,

    /// <summary>An older transaction is in the way: this one gives up and starts again.</summary>
    Refused,
}
