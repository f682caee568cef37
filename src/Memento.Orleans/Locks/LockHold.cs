namespace Memento.Locks;

/// <summary>
/// What one owner holds on one resource: a link in the entry's list of holders and in the owner's
/// list of holds. Pooled.
/// </summary>
internal sealed class LockHold
{
    /// <summary>Null only in the pool.</summary>
    public LockOwner Owner { get; set; } = null!;

    /// <summary>Null only in the pool.</summary>
    public LockEntry Entry { get; set; } = null!;

    public LockKind Kinds { get; set; }

    public LockHold? NextOfEntry { get; set; }

    public LockHold? PreviousOfEntry { get; set; }

    /// <summary>The next of the owner's; in the pool, the next that is free.</summary>
    public LockHold? NextOfOwner { get; set; }
}
