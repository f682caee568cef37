namespace Memento.Tests.Clusters.Simulation.Grains;

/// <summary>
/// What goes to the storage of a grain with the next write, by the rules of Orleans'
/// <c>StorageBatch</c>. There a cancellation is not written where the same write prepares another
/// transaction; here it is.
/// </summary>
internal sealed class GrainBatch
{
    private readonly SortedDictionary<long, PendingState> _prepares = [];
    private readonly List<Action<bool>> _followUps = [];
    private readonly List<Guid> _decided = [];
    private readonly Metadata _metadata;
    private long _confirmUpTo;
    private long? _cancelAbove;
    private bool _confirms;
    private bool _isComplete;

    public GrainBatch(LoadedGrain loaded)
        : this(new Metadata(loaded.Notes) { Time = loaded.Time }, loaded.CommittedSequence)
        => Tag = loaded.Tag;

    public GrainBatch(GrainBatch before)
        : this(before._metadata, before._confirmUpTo) => Tag = before.Tag;

    private GrainBatch(Metadata metadata, long confirmUpTo)
    {
        _metadata = metadata;
        _confirmUpTo = confirmUpTo;
    }

    public long Tag { get; set; }

    public int Size { get; private set; }

    public long Time => _metadata.Time;

    public IReadOnlyDictionary<Guid, CommitNote> Notes => _metadata.Notes;

    public GrainWrite ToWrite()
        => new(
            Tag,
            [.. _prepares.Values],
            _confirms ? _confirmUpTo : null,
            _cancelAbove,
            [.. _decided],
            _metadata.Time,
            new(_metadata.Notes));

    public void FollowUp(Action<bool> action) => _followUps.Add(action);

    public void Complete(bool isStored)
    {
        if (_isComplete) return;

        _isComplete = true;
        foreach (Action<bool> each in _followUps)
            each(isStored);
    }

    public void Read(long time)
    {
        Size++;
        _metadata.Time = Math.Max(_metadata.Time, time);
    }

    public void Prepare(PendingState state)
    {
        Read(state.Time);
        _prepares[state.Sequence] = state;
    }

    public void Cancel(long sequence)
    {
        Size++;
        _prepares.Remove(sequence);
        _cancelAbove = Math.Min(_cancelAbove ?? long.MaxValue, sequence - 1);
    }

    public void Confirm(long sequence)
    {
        Size++;
        _confirms = true;
        _confirmUpTo = sequence;
        foreach (long each in _prepares.Keys.TakeWhile(each => each < sequence).ToArray())
            _prepares.Remove(each);
    }

    public void Commit(Guid id, CommitNote note)
    {
        Size++;
        _decided.Add(id);
        _metadata.Notes.Add(id, note);
    }

    public void Collect(Guid id)
    {
        Size++;
        _metadata.Notes.Remove(id);
    }

    // Shared by the batches of an activation, as Orleans has it.
    private sealed class Metadata(Dictionary<Guid, CommitNote> notes)
    {
        public Dictionary<Guid, CommitNote> Notes { get; } = notes;

        public long Time { get; set; }
    }
}
