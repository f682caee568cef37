using System.Diagnostics.CodeAnalysis;

namespace Memento.Partitions.Locks;

/// <summary>
/// The points of one store that somebody holds or waits for. A list costs a lock nearly nothing;
/// only when a range has to look at many are they put in order, until the last has gone.
/// </summary>
internal sealed class LockPoints
{
    /// <summary>Up to this many a range looks at all of them.</summary>
    public const int UnorderedLimit = 32;

    private OrderedMap<LockEntry>? _ordered;
    private int _count;

    public LockEntry? First { get; private set; }

    public bool IsOrdered => _ordered is not null;

    public void Add(LockEntry entry)
    {
        entry.NextInStore = First;
        if (First is not null)
            First.PreviousInStore = entry;
        First = entry;
        _count++;
        _ordered?.Set(entry.Resource.Key.Bytes, entry);
    }

    /// <summary>Takes a point out; the store unlinks it from the one behind it.</summary>
    public void Remove(LockEntry entry)
    {
        if (entry.PreviousInStore is null)
        {
            LockAssert.Holds(First == entry, "a point is in one store");
            First = entry.NextInStore;
        }
        else
        {
            entry.PreviousInStore.NextInStore = entry.NextInStore;
        }

        _count--;
        if (_count == 0)
            _ordered = null;
        else
            _ordered?.Remove(entry.Resource.Key.Bytes);
    }

    public bool TryFindOrdered(
        in LockResource range, [MaybeNullWhen(false)] out OrderedMapRange<LockEntry> points)
    {
        if (_ordered is null && _count > UnorderedLimit)
        {
            _ordered = new OrderedMap<LockEntry>();
            for (LockEntry? entry = First; entry is not null; entry = entry.NextInStore)
                _ordered.Set(entry.Resource.Key.Bytes, entry);
        }

        points = _ordered is null ? default : _ordered.Range(range.Key.Bytes, range.To);
        return _ordered is not null;
    }
}
