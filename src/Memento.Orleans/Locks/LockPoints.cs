using System.Diagnostics.CodeAnalysis;
using Memento.Collections;
using Memento.Invariants;

namespace Memento.Locks;

/// <summary>
/// The locked and requested points of one key space. They are in an array, which costs a lock
/// nearly nothing. Only when a range has to search many of them are they put in order, until the
/// last one is removed.
/// </summary>
internal sealed class LockPoints
{
    /// <summary>Up to this many points, a range looks at all of them.</summary>
    public const int UnorderedLimit = 32;

    private const int LeastCapacity = 16;

    private LockEntry?[] _entries = new LockEntry?[LeastCapacity];
    private OrderedMap<LockEntry>? _ordered;

    public int Count { get; private set; }

    public LockEntry this[int place] => _entries[place]!;

    public void Add(LockEntry entry)
    {
        if (Count == _entries.Length) Array.Resize(ref _entries, Count * 2);
        entry.Place = Count;
        _entries[Count++] = entry;
        _ordered?.Set(entry.Resource.Key.Bytes, entry);
    }

    public void Remove(LockEntry entry)
    {
        int place = entry.Place;
        Invariant.Holds(_entries[place] == entry, "a point is in one key space");
        int last = --Count;
        if (place != last)
        {
            LockEntry moved = _entries[last]!;
            moved.Place = place;
            _entries[place] = moved;
        }

        _entries[last] = null;
        _ordered?.Remove(entry.Resource.Key.Bytes);
        if (last == 0) Forget();
    }

    public bool TryFindOrdered(
        in LockResource range, [MaybeNullWhen(false)] out OrderedMapRange<LockEntry> points)
    {
        if (_ordered is null && Count > UnorderedLimit)
        {
            _ordered = new OrderedMap<LockEntry>();
            for (int place = 0; place < Count; place++)
                _ordered.Set(this[place].Resource.Key.Bytes, this[place]);
        }

        points = _ordered is null ? default : _ordered.Range(range.Key.Bytes, range.To);
        return _ordered is not null;
    }

    private void Forget()
    {
        _ordered = null;
        if (_entries.Length > LockPool.SpareLimit) _entries = new LockEntry?[LeastCapacity];
    }
}
