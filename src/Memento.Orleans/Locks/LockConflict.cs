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
