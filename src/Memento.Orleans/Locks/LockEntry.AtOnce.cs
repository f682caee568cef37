namespace Memento.Locks;

/// <content>Locks that are taken at once or not at all.</content>
internal sealed partial class LockEntry
{
    /// <summary>
    /// Takes a lock if no other owner holds or waits for what conflicts with it: so no request
    /// comes to wait for another owner than before.
    /// </summary>
    public bool TryAcquire(LockOwner owner, LockKind kind)
    {
        LockHold? own = FindHold(owner);
        LockKind ownKinds = own?.Kinds ?? LockKind.None;
        if (LockKinds.Cover(ownKinds, kind)) return true;
        if (FindBlocker(owner, kind, behind: null).Owner is not null) return false;

        Hold(owner, own, kind);
        return true;
    }

    /// <summary>Whether others hold it, or wait for it, so that nobody else may write.</summary>
    public bool IsTakenByOthers(LockOwner owner)
    {
        LockBlocker blocker = default;
        FindBlockerHere(owner, LockKinds.ConflictsOf(LockKind.Write), behind: null, ref blocker);
        return blocker.Owner is not null;
    }
}
