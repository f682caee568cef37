namespace Memento.Locks;

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
