namespace Memento.Locks;

/// <summary>A request that waits for a lock. Not pooled: whoever waits for it keeps it.</summary>
internal sealed class LockRequest(LockOwner owner, LockResource resource, LockKind kind)
{
    public LockOwner Owner { get; } = owner;

    public LockResource Resource { get; } = resource;

    public LockKind Kind { get; } = kind;

    public LockRequestState State { get; set; }

    /// <summary>Who went ahead, once the state is <see cref="LockRequestState.Refused"/>.</summary>
    public LockConflict? Conflict { get; set; }

    /// <summary>
    /// Whatever the partition wakes for this request; the lock manager never looks.
    /// </summary>
    public object? Waiter { get; set; }

    /// <summary>Null once the request is out of the queue.</summary>
    public LockEntry? Entry { get; set; }

    /// <summary>
    /// Somebody known to hold, on another entry, what this waits for. Locks are kept to the end of
    /// their owner, so nobody has to search again before that.
    /// </summary>
    public LockOwner? HeldUpBy { get; set; }

    /// <summary>The smaller of two in one key space is granted first.</summary>
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

    /// <summary>Nobody is the end of the order: all are ahead of it.</summary>
    public bool IsAheadOf(LockRequest? other) => other is null || Order < other.Order;
}

/// <summary>
/// Where a request that had to wait has got to. It leaves <see cref="Waiting"/> once.
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

    /// <summary>The owner was released while it waited: its transaction has ended.</summary>
    Released,
}

/// <summary>What became of a request for a lock.</summary>
internal enum LockAnswer
{
    /// <summary>The owner has the lock.</summary>
    Granted,

    /// <summary>The request is queued; a later call names it among those it resumed.</summary>
    Waiting,

    /// <summary>An older transaction is in the way: this one gives up and starts again.</summary>
    Refused,
}
