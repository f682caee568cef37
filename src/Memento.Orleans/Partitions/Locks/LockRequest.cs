namespace Memento.Partitions.Locks;

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

    public LockRequest? NextInQueue { get; set; }

    public LockRequest? PreviousInQueue { get; set; }

    public LockRequest? NextOfOwner { get; set; }

    public LockRequest? PreviousOfOwner { get; set; }
}
