using Memento.Collections;
using Memento.Keys;
using Memento.Queries.Plans;

namespace Memento.Partitions.Operations;

/// <summary>
/// Walks ranges of the keys or of an index, one after the other, and locks them as far as they were
/// walked. All their places begin with the same prefix; the place in the order of the query follows
/// it.
/// </summary>
internal sealed class RangesWalk
{
    private readonly IRecordView _view;
    private readonly KeySpace _space;
    private readonly ArraySegment<KeyRange> _ranges;
    private readonly byte[] _prefix;
    private readonly byte[]? _after;
    private readonly bool _isBackward;
    private RecordWalk _walk;
    private byte[]? _paused;
    private int _turn;
    private int _firstTurn;
    private bool _hasBegun;

    /// <param name="view">What the reader sees.</param>
    /// <param name="space">The records, or the entries of an index.</param>
    /// <param name="ranges">The ranges, in order and without overlap.</param>
    /// <param name="prefix">The prefix of all places.</param>
    /// <param name="after">
    /// The place in the order after which the walk begins; null: the beginning.
    /// </param>
    /// <param name="isBackward">Whether the walk goes from the end to the beginning.</param>
    public RangesWalk(
        IRecordView view,
        KeySpace space,
        ArraySegment<KeyRange> ranges,
        byte[] prefix,
        byte[]? after,
        bool isBackward)
    {
        _view = view;
        _space = space;
        _ranges = ranges;
        _prefix = prefix;
        _after = after is null ? null : InIndex(after);
        _isBackward = isBackward;
    }

    public StoredRecord Record => _walk.Record;

    /// <summary>The place of the current record in the order of the query.</summary>
    public ReadOnlySpan<byte> Place => _walk.Place.AsSpan(_prefix.Length);

    /// <summary>The place of the current record in the keys, or in the index.</summary>
    public ReadOnlySpan<byte> PlaceInIndex => _walk.Place;

    /// <summary>The place as an array; the array of the map itself if there is no prefix.</summary>
    public byte[] CopyPlace() => _prefix.Length == 0 ? _walk.Place : Place.ToArray();

    public bool MoveNext()
    {
        while (!_hasBegun || !_walk.MoveNext())
        {
            if (!TryBeginRange()) return false;
        }

        return true;
    }

    /// <inheritdoc cref="RecordWalk.MoveTo"/>
    public bool MoveTo(Func<object, bool> filter, ref long read)
    {
        while (!_hasBegun || !_walk.MoveTo(filter, ref read))
        {
            if (!TryBeginRange()) return false;
        }

        return true;
    }

    /// <summary>
    /// Leaves the partition to others: it has locked what it has walked, up to a place in the
    /// order. It goes on behind that place, with what is there then.
    /// </summary>
    public void Pause(byte[] place)
    {
        _paused = InIndex(place);
        _hasBegun = false;

        // The walk only goes on, so that the ranges that were left behind stay behind.
        while (_firstTurn < _ranges.Count && IsBehind(RangeAt(_firstTurn), _paused))
            _firstTurn++;
        _turn = _firstTurn;
    }

    /// <summary>
    /// How many records there are; a number above the most if there are more. Records that the
    /// transaction has written count twice.
    /// </summary>
    public long CountUpTo(long most)
    {
        OrderedMap<StoredRecord>? own =
            _view.Seen.Count > 0 ? _view.OwnRecords(_space) : null;
        long count = 0;
        for (int i = 0; i < _ranges.Count && count <= most; i++)
        {
            (byte[] from, byte[]? to) = Clip(_ranges[i]);
            count += _view.Committed(_space, from, to).CountUpTo(most - count);
            if (own is not null) count += own.Range(from, to).CountUpTo(most);
        }

        return count;
    }

    /// <summary>
    /// Goes forward to the last record of the range whose place begins with the same bytes as the
    /// current one. It finds the last one, and counts by leaves.
    /// </summary>
    /// <param name="same">The bytes, with which no place in another order begins.</param>
    /// <returns>
    /// How many records it has come further; 0 where the reader has written some itself: they are
    /// among the others, and have to be met one by one.
    /// </returns>
    public long SkipSame(ReadOnlySpan<byte> same)
    {
        if (_view.Seen.Count > 0) return 0;

        (_, byte[]? to) = Clip(RangeAt(_turn - 1));
        byte[]? end = KeyBytes.PrefixEnd(same);
        if (end is null || (to is not null && !IsBefore(end, to))) end = to;

        byte[] from = KeyBytes.Behind(_walk.Place);
        long count = _view.Committed(_space, from, end).CountUpTo(long.MaxValue);
        if (count == 0) return 0;

        var back = new RecordWalk(_view, _space, from, end, isBackward: true);
        back.MoveNext();
        _walk = new RecordWalk(_view, _space, back.Place, to, isBackward: false);
        _walk.MoveNext();
        return count;
    }

    /// <summary>
    /// Locks the walked ranges, up to a place in the order or all of them. All records before that
    /// place were seen, on this walk and on the walks that are merged with it.
    /// </summary>
    /// <param name="locks">Takes the locks.</param>
    /// <param name="until">The place; null: all.</param>
    /// <param name="taken">Grows by the number of locked ranges.</param>
    public bool TryLock(ref LockTaker locks, byte[]? until, ref int taken)
    {
        byte[]? last = until is null ? null : InIndex(until);
        byte[]? end = last is null || _isBackward ? null : KeyBytes.Behind(last);
        for (int i = 0; i < _ranges.Count; i++)
        {
            KeyRange range = RangeAt(i);
            (byte[] from, byte[]? to) = Clip(range);
            if (end is not null && IsBefore(end, to)) to = end;
            if (last is not null && _isBackward && IsBefore(from, last)) from = last;
            if (to is not null && from.AsSpan().SequenceCompareTo(to) >= 0) continue;

            // The writers of a bag lock keys without the number after them.
            bool isBag = _view.Table.Type == TableType.Bag;
            if (isBag && !ReferenceEquals(from, range.From)) from = WithoutNumber(from);
            if (!locks.TryTakeRange(_space, from, to)) return false;
            if (!locks.HasWholePartition) taken++;
        }

        return true;
    }

    private bool TryBeginRange()
    {
        if (_turn == _ranges.Count) return false;

        (byte[] from, byte[]? to) = Clip(RangeAt(_turn));
        if (_paused is not null) (from, to) = Clip(from, to, _paused);
        _turn++;
        _walk = new RecordWalk(_view, _space, from, to, _isBackward);
        _hasBegun = true;
        return true;
    }

    /// <summary>The ranges in the order of the walk.</summary>
    private KeyRange RangeAt(int turn) => _ranges[_isBackward ? ^(turn + 1) : turn];

    /// <summary>Removes from a range the part before the beginning of the walk.</summary>
    private (byte[] From, byte[]? To) Clip(KeyRange range)
        => _after is null ? (range.From, range.To) : Clip(range.From, range.To, _after);

    /// <summary>Removes from a range the part up to a place.</summary>
    private (byte[] From, byte[]? To) Clip(byte[] from, byte[]? to, byte[] place)
        => _isBackward
            ? (from, IsBefore(place, to) ? place : to)
            : (IsBefore(place, from) ? from : KeyBytes.Behind(place), to);

    /// <summary>Whether the walk has left a range behind when it is at a place.</summary>
    private bool IsBehind(KeyRange range, byte[] place)
        => _isBackward ? !IsBefore(range.From, place) : !IsBefore(place, range.To);

    private byte[] InIndex(byte[] place)
        => _prefix.Length == 0 ? place : [.. _prefix, .. place];

    private byte[] WithoutNumber(byte[] from)
        => KeyBytes.WithoutSuffix(_isBackward ? from : from.AsSpan(..^1)).ToArray();

    private static bool IsBefore(byte[] one, byte[]? other)
        => other is null || one.AsSpan().SequenceCompareTo(other) < 0;
}
