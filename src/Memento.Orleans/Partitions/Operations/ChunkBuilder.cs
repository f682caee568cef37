namespace Memento.Partitions.Operations;

/// <summary>What makes the order of a chunk. The numbers travel: they never change.</summary>
internal enum ChunkOrder
{
    /// <summary>Nobody asks for one.</summary>
    Any = 0,

    /// <summary>The walk itself, so that its places tell the order.</summary>
    OfWalk = 1,

    /// <summary>The records are sorted when all have been looked at.</summary>
    Sorted = 2,

    /// <summary>The records are counted and not kept.</summary>
    Counted = 3,
}

/// <summary>
/// Collects what a query finds in one partition: in the order in which it comes, or, where that is
/// not the query's order, sorted and with no more than the first ones kept.
/// </summary>
/// <param name="terms">What is asked.</param>
/// <param name="order">What makes the order.</param>
/// <param name="limit">How many records to give at the most; null: all.</param>
/// <param name="after">The place behind which sorted results begin; null: at the beginning.</param>
internal sealed class ChunkBuilder(FindTerms terms, ChunkOrder order, int? limit, byte[]? after)
{
    /// <summary>Sorting fewer records than this to cut them is not worth it.</summary>
    private const int LeastCut = 64;

    /// <summary>
    /// A partition's share of a small answer, so that its lists do not have to grow.
    /// </summary>
    private const int FirstCapacity = 8;

    private readonly List<object> _records =
        order is ChunkOrder.Any or ChunkOrder.OfWalk ? new(FirstCapacity) : [];
    private readonly List<byte[]>? _places =
        order == ChunkOrder.OfWalk ? new(FirstCapacity) : null;

    /// <summary>
    /// A message may have less room than the limit says, so that it has to end earlier.
    /// </summary>
    private readonly List<byte[]>? _ends =
        order == ChunkOrder.Any && limit is not null ? new(FirstCapacity) : null;

    private readonly List<(byte[] Place, object Record)>? _unsorted =
        order == ChunkOrder.Sorted ? [] : null;

    private long _count;
    private bool _isCut;

    /// <summary>How many records were looked at.</summary>
    public long Read { get; private set; }

    /// <summary>How many ranges, or keys, are locked for it.</summary>
    public int Locked { get; set; }

    /// <summary>Whether the partition is locked as a whole.</summary>
    public bool LocksPartition { get; set; }

    /// <summary>Whether no further record can be taken.</summary>
    public bool IsFull => _unsorted is null && _count == limit;

    /// <summary>Looks at a record: whether it satisfies the query, and is to be added.</summary>
    public bool Takes(StoredRecord found)
    {
        Read++;
        return terms.Matches(found.Record);
    }

    /// <param name="place">Where it stands on the walk.</param>
    /// <param name="found">A record that satisfies the query.</param>
    public void Add(byte[] place, StoredRecord found)
    {
        if (_unsorted is not null)
        {
            AddUnsorted(_unsorted, found);
            return;
        }

        _count++;
        if (order == ChunkOrder.Counted) return;

        _records.Add(found.Record);
        _places?.Add(place);
        _ends?.Add(place);
    }

    /// <param name="last">
    /// Where the walk was left because the chunk is full; null: at its end.
    /// </param>
    /// <param name="way">Which of the ways that were offered was taken.</param>
    /// <param name="readBeside">How many records were looked at on other ways.</param>
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

        // Now and then, so that the limit bounds the memory and a record is sorted a few times
        // only.
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
