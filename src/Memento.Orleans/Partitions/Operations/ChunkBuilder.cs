namespace Memento.Partitions.Operations;

/// <summary>
/// Collects what a query finds in one partition: in the order in which it comes, or, where that is not
/// the query's order, sorted and with no more than the first ones kept.
/// </summary>
internal sealed class ChunkBuilder(FindTerms terms, int? limit, byte[]? after)
{
    /// <summary>Sorting fewer records than this to cut them is not worth it.</summary>
    private const int LeastCut = 64;

    /// <summary>A partition's share of a small answer, so that its lists do not have to grow.</summary>
    private const int FirstCapacity = 8;

    private readonly List<object> _records = terms.KeepsRecords ? new(FirstCapacity) : [];
    private readonly List<byte[]>? _places =
        terms.Order == ChunkOrder.OfWalk ? new(FirstCapacity) : null;
    private readonly List<(byte[] Place, object Record)>? _unsorted =
        terms.Order == ChunkOrder.Sorted ? [] : null;

    private long _count;
    private long _read;
    private bool _isCut;

    /// <summary>Whether no further record can be taken.</summary>
    public bool IsFull => _unsorted is null && _count == limit;

    /// <summary>Looks at a record: whether it satisfies the query, and is to be added.</summary>
    public bool Takes(StoredRecord found)
    {
        _read++;
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
        if (terms.Order == ChunkOrder.Counted) return;

        _records.Add(found.Record);
        _places?.Add(place);
    }

    /// <param name="last">Where the walk was left because the chunk is full; null: at its end.</param>
    public Chunk ToChunk(byte[]? last)
    {
        if (_unsorted is not null) return ToChunk(_unsorted);

        return new Chunk
        {
            Records = _records,
            Places = _places,
            Count = _count,
            Read = _read,
            Last = last,
        };
    }

    private Chunk ToChunk(List<(byte[] Place, object Record)> sorted)
    {
        Cut(sorted);
        return new Chunk
        {
            Records = sorted.ConvertAll(static each => each.Record),
            Places = sorted.ConvertAll(static each => each.Place),
            Count = sorted.Count,
            Read = _read,
            Last = _isCut ? sorted[^1].Place : null,
        };
    }

    private void AddUnsorted(List<(byte[] Place, object Record)> unsorted, StoredRecord found)
    {
        byte[] place = terms.PlaceOf(found);
        if (after is not null && !terms.IsBehind(place, after)) return;

        unsorted.Add((place, found.Record));

        // Now and then, so that the limit bounds the memory and a record is sorted a few times only.
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
