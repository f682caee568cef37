namespace Memento.Locks;

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
