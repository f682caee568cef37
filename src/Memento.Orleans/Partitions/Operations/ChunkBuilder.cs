namespace Memento.Partitions.Operations;

/// <summary>
/// How the records of a chunk are ordered. The numbers are sent, so they never change.
/// </summary>
internal enum ChunkOrder
{
    /// <summary>The query has no order.</summary>
    Any = 0,

    /// <summary>The order of the walk, so that its places are the places in the order.</summary>
    OfWalk = 1,

    /// <summary>The records are sorted after all have been read.</summary>
    Sorted = 2,

    /// <summary>The records are counted and not kept.</summary>
    Counted = 3,
}

/// <summary>
/// Collects the records that a query finds in one partition. If they do not come in the order of
/// the query, it sorts them and keeps only the first ones.
/// </summary>
/// <param name="terms">The query.</param>
/// <param name="order">How the records are ordered.</param>
/// <param name="limit">How many records to return, at the most; null: all.</param>
/// <param name="after">The place after which sorted results begin; null: the beginning.</param>
internal sealed class ChunkBuilder(FindTerms terms, ChunkOrder order, int? limit, byte[]? after)
{
    /// <summary>Fewer records than this are not sorted to cut them.</summary>
    private const int LeastCut = 64;

    /// <summary>
    /// The share of a partition in a small answer, so that its lists need not grow.
    /// </summary>
    private const int FirstCapacity = 8;

    private readonly List<object> _records =
        order is ChunkOrder.Any or ChunkOrder.OfWalk ? new(FirstCapacity) : [];
    private readonly List<byte[]>? _places =
        order == ChunkOrder.OfWalk ? new(FirstCapacity) : null;

    /// <summary>
    /// A message may have too little room for the limit, so that the chunk has to end earlier.
    /// </summary>
    private readonly List<byte[]>? _ends =
        order == ChunkOrder.Any && limit is not null ? new(FirstCapacity) : null;

    private readonly List<(byte[] Place, object Record)>? _unsorted =
        order == ChunkOrder.Sorted ? [] : null;

    private readonly GroupTally? _groups = terms.Group is { } group ? new(group) : null;

    private long _count;
    private bool _isCut;

    /// <summary>How many records were read.</summary>
    public long Read { get; private set; }

    /// <summary>How many ranges, or keys, are locked for the chunk.</summary>
    public int Locked { get; set; }

    /// <summary>Whether the partition is locked as a whole.</summary>
    public bool LocksPartition { get; set; }

    /// <summary>Whether the chunk can take no more records.</summary>
    public bool IsFull => _unsorted is null && _count == limit;

    /// <summary>What records have to satisfy; null: nothing.</summary>
    public Func<object, bool>? Filter => terms.Matches;

    /// <summary>Goes to the next record that satisfies a filter.</summary>
    public bool FindIn(RangesWalk walk, Func<object, bool> filter)
    {
        long read = Read;
        bool isFound = walk.MoveTo(filter, ref read);
        Read = read;
        return isFound;
    }

    /// <summary>Whether a record satisfies the query and has to be added.</summary>
    public bool Takes(StoredRecord found)
    {
        Read++;
        return terms.Matches is null || terms.Matches(found.Record);
    }

    /// <param name="place">Its place on the walk.</param>
    /// <param name="found">A record that satisfies the query.</param>
    public void Add(byte[] place, StoredRecord found)
    {
        if (_unsorted is not null)
        {
            AddUnsorted(_unsorted, found);
            return;
        }

        _count++;
        if (order == ChunkOrder.Counted)
        {
            _groups?.Add(found.Record);
            return;
        }

        _records.Add(found.Record);
        _places?.Add(place);
        _ends?.Add(place);
    }

    /// <summary>
    /// Counts the current record of a walk along an index, whose first value is what the records
    /// are counted by. Where many have the same value, it goes over them.
    /// </summary>
    public void AddSame(RangesWalk walk)
    {
        long more = _groups!.AddPlace(walk.PlaceInIndex) ? walk.SkipSame(_groups.Current) : 0;
        _groups.Add(more);
        _count += more + 1;
    }

    /// <param name="last">
    /// The place at which the walk ended because the chunk is full; null: the end of the walk.
    /// </param>
    /// <param name="way">The number of the way that was taken.</param>
    /// <param name="readBeside">How many records were read on other ways.</param>
    public Chunk ToChunk(byte[]? last, int way = 0, long readBeside = 0)
    {
        if (_unsorted is not null)
        {
            Cut(_unsorted);
            last = _isCut ? _unsorted[^1].Place : null;
        }

        List<byte[]>? places = _unsorted?.ConvertAll(static each => each.Place) ?? _places;
        return new Chunk
        {
            Records = _unsorted?.ConvertAll(static each => each.Record) ?? _records,
            Places = places,
            Ends = places ?? _ends,
            Count = _unsorted?.Count ?? _count,
            Groups = _groups?.ToList(),
            Read = Read + readBeside,
            Last = last,
            Way = way,
            Locked = Locked,
            LocksPartition = LocksPartition,
        };
    }

    private void AddUnsorted(List<(byte[] Place, object Record)> unsorted, StoredRecord found)
    {
        byte[] place = terms.PlaceOf(found);
        if (after is not null && !terms.IsBehind(place, after)) return;

        unsorted.Add((place, found.Record));

        // Not for each record, so that the limit bounds the memory and a record is sorted only a
        // few times.
        if (limit is { } most && unsorted.Count >= Math.Max(2L * most, LeastCut)) Cut(unsorted);
    }

    private void Cut(List<(byte[] Place, object Record)> found)
    {
        found.Sort(terms.IsBackward
            ? static (one, other) => other.Place.AsSpan().SequenceCompareTo(one.Place)
            : static (one, other) => one.Place.AsSpan().SequenceCompareTo(other.Place));
        if (limit is not { } most || found.Count <= most) return;

        _isCut = true;
        found.RemoveRange(most, found.Count - most);
    }
}
