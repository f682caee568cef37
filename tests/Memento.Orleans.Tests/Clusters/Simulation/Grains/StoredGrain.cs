using static Memento.Tests.Locks.Simulation.SimulationFailedException;

namespace Memento.Tests.Clusters.Simulation.Grains;

/// <summary>A state that is prepared.</summary>
internal sealed record PendingState(
    long Sequence, Guid Id, long Time, Party? Manager, int[] State);

/// <summary>What a manager still has to tell.</summary>
internal sealed record CommitNote(long Time, List<Party> Writers);

/// <summary>What a write has led to; no tag: another one has written.</summary>
internal sealed record StoreEnd(long? Tag);

/// <summary>What the storage has of a grain at a moment.</summary>
internal sealed record LoadedGrain(
    long Tag,
    int[] Committed,
    long CommittedSequence,
    List<PendingState> Pending,
    long Time,
    Dictionary<Guid, CommitNote> Notes);

/// <summary>
/// The state of a grain in its storage, by the rules of Orleans' wrapper around a grain storage:
/// one row, written whole, with a tag.
/// </summary>
internal sealed class StoredGrain(ClusterSimulation all, int number)
{
    private LoadedGrain _row = new(0, [], 0, [], 0, []);

    public int Number { get; } = number;

    public int[] Committed => _row.Committed;

    /// <summary>
    /// An activation reads it. One before, which a wrong verdict of the membership has left behind,
    /// writes no more. In Orleans it may: what a manager commits then, the next activation has
    /// called aborted.
    /// </summary>
    public LoadedGrain Load()
    {
        _row = _row with { Tag = _row.Tag + 1 };
        return _row with { Pending = [.. _row.Pending], Notes = new(_row.Notes) };
    }

    public StoreEnd Store(GrainWrite write)
    {
        if (write.Tag != _row.Tag) return new StoreEnd(Tag: null);

        List<PendingState> pending = [.. _row.Pending];
        if (write.AbortAfter is { } last) pending.RemoveAll(each => each.Sequence > last);
        foreach (PendingState each in write.Prepares)
        {
            pending.RemoveAll(other => other.Sequence == each.Sequence);
            pending.Add(each);
        }

        pending.Sort(static (left, right) => left.Sequence.CompareTo(right.Sequence));
        foreach (Guid each in write.Decided)
            all.Grains!.Decide(each);
        (int[] committed, long sequence) = (_row.Committed, _row.CommittedSequence);
        if (write.CommitUpTo is { } upTo && upTo > sequence)
        {
            int place = pending.FindIndex(each => each.Sequence == upTo);
            Unless(place >= 0, $"grain {Number} commits what it has not prepared");
            Guid id = pending[place].Id;
            Unless(
                all.Grains!.IsDecided(id),
                $"grain {Number} keeps {all.NameOf(id)}, which is not decided");
            (committed, sequence) = (pending[place].State, upTo);
            pending.RemoveRange(0, place + 1);
        }

        _row = new LoadedGrain(
            _row.Tag + 1, committed, sequence, pending, write.Time, new(write.Notes));
        return new StoreEnd(_row.Tag);
    }
}

/// <summary>One write of the state of a grain.</summary>
internal sealed record GrainWrite(
    long Tag,
    List<PendingState> Prepares,
    long? CommitUpTo,
    long? AbortAfter,
    List<Guid> Decided,
    long Time,
    Dictionary<Guid, CommitNote> Notes);
