using Memento.Collections;
using Memento.Keys;

namespace Memento.Partitions;

/// <summary>
/// The records that a transaction sees in a range of the keys, or of an index, in order or
/// backwards: committed records, and its own in their places. No write may happen meanwhile.
/// </summary>
internal struct RecordWalk
{
    private readonly StagedWrites _staged;
    private readonly bool _hasOwn;
    private readonly bool _isBackward;
    private OrderedMapRange<StoredRecord> _committed;
    private OrderedMapRange<StoredRecord> _own;
    private bool _isOnCommitted;
    private bool _isOnOwn;
    private bool _isOwnNext;

    /// <param name="view">What the reader sees.</param>
    /// <param name="space">The records, or the entries of an index.</param>
    /// <param name="from">The first place; empty means no bound.</param>
    /// <param name="to">The first place after the range; null means no bound.</param>
    /// <param name="isBackward">Whether the walk goes from the end to the beginning.</param>
    public RecordWalk(
        IRecordView view, KeySpace space, byte[] from, byte[]? to, bool isBackward)
    {
        _staged = view.Seen;
        _isBackward = isBackward;
        _committed = view.Committed(space, from, to, isBackward);
        _hasOwn = _staged.Count > 0;
        if (!_hasOwn) return;

        _own = view.OwnRecords(space).Range(from, to, isBackward);
        _isOnCommitted = MoveCommitted();
        _isOnOwn = _own.MoveNext();
        _isOwnNext = false;
        IsAtStart = true;
    }

    /// <summary>The key, or the entry of the index, of the current record.</summary>
    public readonly byte[] Place => _isOwnNext ? _own.CurrentKey : _committed.CurrentKey;

    public readonly StoredRecord Record => _isOwnNext ? _own.CurrentValue : _committed.CurrentValue;

    private bool IsAtStart { get; set; }

    public bool MoveNext()
    {
        if (!_hasOwn) return _committed.MoveNext();

        if (IsAtStart)
            IsAtStart = false;
        else if (_isOwnNext)
            _isOnOwn = _own.MoveNext();
        else
            _isOnCommitted = MoveCommitted();

        _isOwnNext = _isOnOwn && (!_isOnCommitted || IsOwnFirst());
        return _isOnOwn || _isOnCommitted;
    }

    /// <summary>
    /// Goes to the next record that satisfies a filter; false if there is none. Nearly all records
    /// of a scan do not satisfy it, so that they are looked at leaf by leaf.
    /// </summary>
    /// <param name="filter">The filter.</param>
    /// <param name="read">Grows by the number of records that were looked at.</param>
    public bool MoveTo(Func<object, bool> filter, ref long read)
    {
        while (true)
        {
            if (!_hasOwn)
            {
                ReadOnlySpan<StoredRecord> ahead = _committed.Ahead();
                for (int i = 0; i < ahead.Length; i++)
                {
                    if (!filter(ahead[i].Record)) continue;

                    read += i + 1;
                    _committed.MoveOver(i + 1);
                    return true;
                }

                read += ahead.Length;
                _committed.MoveOver(ahead.Length);
            }

            if (!MoveNext()) return false;

            read++;
            if (filter(Record.Record)) return true;
        }
    }

    private readonly bool IsOwnFirst()
    {
        int order = _own.CurrentKey.AsSpan().SequenceCompareTo(_committed.CurrentKey);
        return _isBackward ? order > 0 : order < 0;
    }

    /// <summary>
    /// Goes to the next committed record that the transaction has not written itself.
    /// </summary>
    private bool MoveCommitted()
    {
        while (_committed.MoveNext())
        {
            var key = new Key(_committed.CurrentValue.Key);
            if (_staged.Find(KeySpace.Records, key) is null) return true;
        }

        return false;
    }
}
