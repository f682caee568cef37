using Memento.Journaling;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>How the wait of a commit for the storage has ended.</summary>
internal enum PendingEnd
{
    Kept = 0,
    TakenBack = 1,
    InDoubt = 2,
}

/// <summary>A commit that waits for the storage, with what takes it back.</summary>
internal sealed class VirtualPending(VirtualEntry? entry, long dependsOn, bool isMarker = false)
{
    public VirtualEntry? Entry { get; } = entry;

    public long DependsOn { get; } = dependsOn;

    /// <summary>It only marks a position for a flush.</summary>
    public bool IsMarker { get; } = isMarker;

    public long Position { get; set; }

    /// <summary>The partitions of this silo in which it is applied already.</summary>
    public List<VirtualPartition> Parts { get; } = [];

    /// <summary>What takes it back, the last change on top.</summary>
    public Stack<Action> Undo { get; } = [];

    public TaskCompletionSource<PendingEnd> Durable { get; } = new();

    /// <summary>Called with what became of it, also after "in doubt" was told.</summary>
    public Action<bool>? Settled { get; init; }
}

/// <summary>
/// The journal of a silo, by the rules of <see cref="Journal"/>: one batch at a time, in the order
/// of the commits; what fails is taken back with all that has seen it.
/// </summary>
internal sealed class VirtualJournal(VirtualSilo silo)
{
    private readonly TakeBackHistory _takenBack = new();
    private List<VirtualPending> _queue = [];
    private List<VirtualPending> _batch = [];
    private long _last;
    private bool _isInDoubt;

    public long DurablePosition { get; private set; }

    public long LastPosition => _last;

    public int Generation => _takenBack.Generation;

    public bool IsIdle => _queue.Count == 0 && _batch.Count == 0;

    public bool Stands(int generation, long position) => _takenBack.Stands(generation, position);

    public bool TryAppend(VirtualPending pending, int generation)
    {
        if (_isInDoubt || !Stands(generation, pending.DependsOn)) return false;
        Append(pending);
        return true;
    }

    public Task FlushAsync()
    {
        var marker = new VirtualPending(null, 0, isMarker: true);
        Append(marker);
        return marker.Durable.Task;
    }

    private void Append(VirtualPending pending)
    {
        pending.Position = ++_last;
        _queue.Add(pending);
        if (_batch.Count == 0 && _queue.Count == 1) silo.Post(VirtualTime.Milliseconds(0.1), Write);
    }

    private void Write()
    {
        if (_batch.Count > 0 || _queue.Count == 0) return;
        _batch = _queue;
        _queue = [];
        List<VirtualEntry> entries = [.. _batch.Where(static each => each.Entry is not null)
            .Select(static each => each.Entry!)];
        if (entries.Count == 0)
            End(BatchEnd.Kept);
        else
            silo.All.Storage.Write(silo, entries, TellDoubt, End);
    }

    private void TellDoubt()
    {
        _isInDoubt = true;
        foreach (VirtualPending each in _batch.Concat(_queue).Where(static each => !each.IsMarker))
            silo.Wake(each.Durable, PendingEnd.InDoubt);
    }

    private void End(BatchEnd end)
    {
        List<VirtualPending> batch = _batch;
        _batch = [];
        _isInDoubt = false;
        if (end.IsKept)
        {
            DurablePosition = batch[^1].Position;
            foreach (VirtualPending each in batch)
            {
                each.Settled?.Invoke(true);
                silo.Wake(each.Durable, PendingEnd.Kept);
            }
        }
        else
        {
            silo.All.Counts.Add(end.Fenced is null ? Happening.FailedBatch : Happening.FencedBatch);
            TakeBack(batch, end);
        }

        if (_queue.Count > 0) silo.Post(0, Write);
    }

    private void TakeBack(List<VirtualPending> batch, BatchEnd end)
    {
        HashSet<VirtualPending> culprits = [.. batch.Where(each =>
            each.Entry is not null && end.IsCulprit?.Invoke(each.Entry) != false)];
        long first = culprits.Min(static each => each.Position);
        List<VirtualPending> failed = [];
        List<VirtualPending> left = [];
        foreach (VirtualPending each in batch.Concat(_queue))
        {
            bool hasSeenIt = each.Position > first && each.DependsOn >= first
                && silo.All.Fault != ClusterFault.TakesBackAlone;
            (hasSeenIt || culprits.Contains(each) ? failed : left).Add(each);
        }

        _queue = left;
        _takenBack.Begin(first);
        foreach (VirtualPending each in Enumerable.Reverse(failed))
        {
            silo.All.Counts.Add(Happening.TakenBack);
            while (each.Undo.TryPop(out Action? undo))
                undo();
        }

        foreach (VirtualPartition each in culprits.SelectMany(static each => each.Parts))
        {
            if (each.Number == end.Fenced) each.Close();
        }

        _takenBack.End();
        foreach (VirtualPending each in failed)
        {
            each.Settled?.Invoke(false);
            silo.Wake(each.Durable, PendingEnd.TakenBack);
        }
    }
}
