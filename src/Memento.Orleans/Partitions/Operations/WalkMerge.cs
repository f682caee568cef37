namespace Memento.Partitions.Operations;

/// <summary>Goes through walks that are each in the query's order as if they were one.</summary>
internal sealed class WalkMerge(RangesWalk[] walks, bool isBackward) : IComparer<RangesWalk>
{
    private PriorityQueue<RangesWalk, RangesWalk>? _ahead;

    /// <summary>The walk that stands on the next record of all.</summary>
    public RangesWalk? First { get; private set; }

    public bool MoveNext()
    {
        if (_ahead is null)
            Begin(_ahead = new PriorityQueue<RangesWalk, RangesWalk>(walks.Length, comparer: this));
        else if (First is not null && First.MoveNext())
            _ahead.Enqueue(First, First);

        First = _ahead.TryDequeue(out RangesWalk? first, out _) ? first : null;
        return First is not null;
    }

    public int Compare(RangesWalk? x, RangesWalk? y)
    {
        int order = x!.Place.SequenceCompareTo(y!.Place);
        return isBackward ? -order : order;
    }

    private void Begin(PriorityQueue<RangesWalk, RangesWalk> ahead)
    {
        foreach (RangesWalk walk in walks)
        {
            if (walk.MoveNext()) ahead.Enqueue(walk, walk);
        }
    }
}
