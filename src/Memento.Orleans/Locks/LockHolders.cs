namespace Memento.Locks;

/// <summary>The owners that hold one resource.</summary>
internal struct LockHolders
{
    /// <summary>How many owners hold each kind.</summary>
    public KindCounts Kinds;

    private int _count;

    public LockHold? First { get; private set; }

    public void Add(LockHold hold)
    {
        hold.NextOfEntry = First;
        if (First is not null) First.PreviousOfEntry = hold;
        First = hold;
        Kinds.Add(hold.Kinds);
        _count++;
    }

    public void Remove(LockHold hold)
    {
        if (hold.PreviousOfEntry is null)
            First = hold.NextOfEntry;
        else
            hold.PreviousOfEntry.NextOfEntry = hold.NextOfEntry;
        if (hold.NextOfEntry is not null) hold.NextOfEntry.PreviousOfEntry = hold.PreviousOfEntry;
        hold.NextOfEntry = null;
        hold.PreviousOfEntry = null;
        Kinds.Remove(hold.Kinds);
        _count--;
    }

    public void Widen(LockHold hold, LockKind kind)
    {
        Kinds.Add(kind & ~hold.Kinds);
        hold.Kinds |= kind;
    }

    public readonly LockHold? Find(LockEntry entry, LockOwner owner)
    {
        if (First is null) return null;

        // The shorter list: a record has few holders, or its many readers hold few locks each.
        LockHold? hold;
        bool isRange = entry.Resource.IsRange;
        if (_count <= (isRange ? owner.RangeCount : owner.HoldCount))
        {
            hold = First;
            while (hold is not null && hold.Owner != owner)
                hold = hold.NextOfEntry;
            return hold;
        }

        hold = isRange ? owner.FirstRange : owner.FirstHold;
        while (hold is not null && hold.Entry != entry)
            hold = hold.NextOfOwner;
        return hold;
    }

    /// <summary>An owner that holds one of these kinds and is not this owner.</summary>
    public readonly LockOwner? FindOther(LockOwner besides, LockKind kinds)
    {
        if ((Kinds.Present & kinds) == 0) return null;

        LockHold? hold = First;
        while (hold is not null && (hold.Owner == besides || (hold.Kinds & kinds) == 0))
            hold = hold.NextOfEntry;
        return hold?.Owner;
    }
}

/// <summary>
/// The locks of one owner on one resource: a link in the entry's list of holders and in the owner's
/// list of holds. Pooled.
/// </summary>
internal sealed class LockHold
{
    /// <summary>Null only while it is in the pool.</summary>
    public LockOwner Owner { get; set; } = null!;

    /// <summary>Null only while it is in the pool.</summary>
    public LockEntry Entry { get; set; } = null!;

    public LockKind Kinds { get; set; }

    public LockHold? NextOfEntry { get; set; }

    public LockHold? PreviousOfEntry { get; set; }

    /// <summary>The next hold of the owner; in the pool, the next free hold.</summary>
    public LockHold? NextOfOwner { get; set; }
}
