using Memento.Keys;
using Memento.Locks;
using Memento.Queries.Plans;

namespace Memento.Partitions.Operations;

/// <summary>
/// Finds records by walking ranges of the keys or of an index, along the best of the given ways. It
/// locks only what it has walked: the ranges up to the place at which it had enough.
/// </summary>
[GenerateSerializer]
[Alias("Memento.WalkOperation")]
internal sealed class WalkOperation(
    FindTerms terms, int? limit, byte[]? after, WalkWay[] ways, bool writes)
    : FindOperation(terms, limit, after), IScan<Chunk>, ISnapshotRead<Chunk>
{
    /// <summary>The ways, the preferred one first.</summary>
    [Id(0)]
    public WalkWay[] Ways { get; } = ways;

    /// <summary>Whether the partition is locked for writing.</summary>
    [Id(1)]
    public bool Writes { get; } = writes;

    /// <summary>
    /// How many records to return, at the most, if they had to be sorted. All records have been
    /// read then, so more are returned at once than by a walk that may go on. Null: all.
    /// </summary>
    [Id(2)]
    public int? SortedLimit { get; init; } = limit;

    /// <summary>What it locks.</summary>
    [Id(3)]
    public WalkLocks Locks { get; init; }

    /// <summary>
    /// Whether all records are read: one lock is better than a range of everything.
    /// </summary>
    private bool IsWhole
        => Ways is [{ Ranges: null } way] && !(way.IsOrdered && Terms.IsLimited);

    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out Chunk result)
    {
        result = null!;
        if (Locks == WalkLocks.Ranges && !TryLock(ref locks)) return false;

        WayWalk? walk = locks.Progress switch
        {
            WayWalk paused => paused,
            WayChoice choice => choice.Begin(transaction),
            _ => new WayChooser(transaction, this).TryChoose(WayChoice.MostRead(transaction)),
        };
        if (walk is null) return locks.Pause(new WayChoice(transaction, this));
        if (!walk.TryGoToEnd(transaction.Partition.Time)) return walk.TryPause(ref locks);
        if (!walk.TryLock(ref locks)) return false;

        result = walk.ToChunk();
        return true;
    }

    /// <inheritdoc/>
    public KeySpace? ReadsOutsideGate(PartitionTransaction transaction)
        => IsWhole && Locks == WalkLocks.Ranges && (Limit is null || Terms.Where is not null)
            ? Ways[0].SpaceIn(transaction)
            : null;

    /// <inheritdoc/>
    public bool TryLock(ref LockTaker locks)
        => locks.TryTakePartition(
            Writes ? LockKind.Write : IsWhole ? LockKind.Read : LockKind.IntentionRead);

    /// <summary>All records, where a snapshot is older than the indexes of the ways.</summary>
    private WalkWay AlongKeys
        => new(
            Ways[0].Number,
            Index: null,
            Ranges: null,
            Terms.Order is ChunkOrder.Any or ChunkOrder.Counted ? [.. KeyRanges.NoPrefix] : null);

    /// <inheritdoc/>
    public Chunk ReadAll(IRecordSource source)
    {
        WalkWay[] there = Array.FindAll(
            Ways, way => way.Index is null || source.HasIndex(way.Index));
        WalkOperation operation = there.Length == Ways.Length
            ? this
            : new WalkOperation(
                Terms, Limit, After, there.Length == 0 ? [AlongKeys] : there, Writes)
            {
                SortedLimit = SortedLimit,
            };
        return new WayChooser(source, operation).Choose().GoToEnd().ToChunk();
    }

    /// <inheritdoc/>
    public Chunk Read(IRecordView view)
        => new WayWalk(view, this, Ways[0]).GoToEnd().InLockedPartition().ToChunk();
}

/// <summary>What a walk locks. The numbers are sent, so they never change.</summary>
internal enum WalkLocks
{
    /// <summary>What it has walked.</summary>
    Ranges = 0,

    /// <summary>
    /// Nothing: its results are only candidates, which are locked and read later.
    /// </summary>
    None = 1,

    /// <summary>Nothing, and records that others have locked are left out.</summary>
    NoneOfOthers = 2,
}

/// <summary>Merges walks that are each in the order of the query.</summary>
internal sealed class WalkMerge(RangesWalk[] walks, bool isBackward) : IComparer<RangesWalk>
{
    private PriorityQueue<RangesWalk, RangesWalk>? _ahead;
    private bool _hasBegun;

    /// <summary>The walk with the next record of all.</summary>
    public RangesWalk? First { get; private set; }

    public bool MoveNext()
    {
        _ahead ??= new PriorityQueue<RangesWalk, RangesWalk>(walks.Length, comparer: this);
        if (!_hasBegun)
            Begin(_ahead);
        else if (First is not null && First.MoveNext())
            _ahead.Enqueue(First, First);

        First = _ahead.TryDequeue(out RangesWalk? first, out _) ? first : null;
        return First is not null;
    }

    /// <summary>Forgets the records ahead: its walks look for them again.</summary>
    public void Pause()
    {
        _ahead?.Clear();
        First = null;
        _hasBegun = false;
    }

    public int Compare(RangesWalk? x, RangesWalk? y)
    {
        int order = x!.Place.SequenceCompareTo(y!.Place);
        return isBackward ? -order : order;
    }

    private void Begin(PriorityQueue<RangesWalk, RangesWalk> ahead)
    {
        _hasBegun = true;
        foreach (RangesWalk walk in walks)
        {
            if (walk.MoveNext()) ahead.Enqueue(walk, walk);
        }
    }
}
