using Memento.Invariants;

namespace Memento.Locks;

/// <summary>
/// Spare entries and holds of one lock manager, so that a lock costs no allocation.
/// </summary>
internal sealed class LockPool
{
    /// <summary>
    /// The most spare objects that are kept. The rest goes to the garbage collector.
    /// </summary>
    public const int SpareLimit = 4096;

    private readonly Stack<LockEntry> _entries = new();
    private LockHold? _firstSpareHold;
    private int _spareHolds;

    public int HoldsInUse { get; private set; }

    public LockEntry TakeEntry(in LockResource resource, LockSpace space)
    {
        if (!_entries.TryPop(out LockEntry? entry)) entry = new LockEntry(this);
        entry.Resource = resource;
        if (entry.Space != space) entry.Space = space;
        space.Add(entry);
        return entry;
    }

    public void Return(LockEntry entry)
    {
        Invariant.Holds(entry.IsIdle, "an entry that is in use stays");
        entry.Space.Remove(entry);
        entry.Resource = default;
        if (_entries.Count < SpareLimit) _entries.Push(entry);
    }

    public LockHold TakeHold()
    {
        HoldsInUse++;
        LockHold? hold = _firstSpareHold;
        if (hold is null) return new LockHold();

        _firstSpareHold = hold.NextOfOwner;
        _spareHolds--;
        return hold;
    }

    public void Return(LockHold hold)
    {
        HoldsInUse--;
        Invariant.Holds(HoldsInUse >= 0, "a hold is returned once");
        hold.Owner = null!;
        hold.Entry = null!;
        hold.Kinds = LockKind.None;
        hold.NextOfOwner = null;
        if (_spareHolds == SpareLimit) return;

        hold.NextOfOwner = _firstSpareHold;
        _firstSpareHold = hold;
        _spareHolds++;
    }
}
