using System.Runtime.InteropServices;

namespace Memento.Partitions;

/// <summary>
/// What a process knows of the savepoints of one transaction: which nested bodies are running, and
/// which savepoints were given up. The latter is never forgotten while the transaction runs, so
/// that nothing is carried out under them that comes late, or goes on late from a wait.
/// </summary>
/// <param name="origin">
/// Stands in the ids, so that two processes give no id twice; 0 where the transaction's own body
/// runs.
/// </param>
internal sealed class Savepoints(int origin)
{
    /// <summary>Of how many bodies a savepoint is that a message names.</summary>
    private const int Unknown = -1_000_000;

    private readonly Lock _gate = new();
    private readonly List<long> _openHere = [];
    private OpenSavepoints _elsewhere = new(Version: 0, Ids: []);
    private long _lastId = (long)origin << 32;
    private long _version;
    private volatile int _openCount;
    private volatile HashSet<long>? _givenUp;

    /// <summary>Makes those of a transaction whose body runs in another process.</summary>
    public static Savepoints OfJoined() => new(Random.Shared.Next(1, int.MaxValue));

    /// <summary>Begins a nested body, until <see cref="End"/>.</summary>
    public Savepoint BeginBody(Savepoint? around)
    {
        lock (_gate)
        {
            var begun = new Savepoint(this, Interlocked.Increment(ref _lastId), around, bodies: 1);
            _openHere.Add(begun.Id);
            Changed();
            return begun;
        }
    }

    /// <summary>Begins an operation of several steps.</summary>
    public Savepoint BeginSteps(Savepoint? around)
        => new(this, Interlocked.Increment(ref _lastId), around, bodies: 0);

    /// <summary>Ends a nested body: what it wrote is seen by all from here on.</summary>
    public void End(Savepoint body)
    {
        lock (_gate)
        {
            _openHere.Remove(body.Id);
            Changed();
        }
    }

    /// <summary>The savepoint that a message names.</summary>
    /// <param name="ids">It and those around it, the innermost first.</param>
    public Savepoint? Find(ReadOnlySpan<long> ids)
    {
        Savepoint? found = null;
        for (int i = ids.Length - 1; i >= 0; i--)
            found = new Savepoint(this, ids[i], found, found is null ? Unknown : 0);
        return found;
    }

    /// <summary>Refuses from here on what is under a savepoint.</summary>
    public void GiveUp(long id)
    {
        lock (_gate)
            (_givenUp ??= []).Add(id);
    }

    public bool IsGivenUp(long id)
    {
        if (_givenUp is not { } givenUp) return false;

        lock (_gate)
            return givenUp.Contains(id);
    }

    public bool IsGivenUp(Savepoint savepoint)
    {
        if (_givenUp is not { } givenUp) return false;

        lock (_gate)
        {
            for (Savepoint? each = savepoint; each is not null; each = each.Around)
            {
                if (givenUp.Contains(each.Id)) return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The running bodies beside the one that asks that have written: what they wrote is not for it
    /// to see.
    /// </summary>
    public long[] WritersBeside(Savepoint? asking, StagedWrites writes)
    {
        // Those around it are running too. Steps are never among them.
        if (_openCount == 0 || _openCount == (asking?.Bodies ?? 0)) return [];

        lock (_gate)
        {
            List<long>? found = null;
            Add(CollectionsMarshal.AsSpan(_openHere));
            Add(_elsewhere.Ids);
            return found is null ? [] : [.. found];

            void Add(ReadOnlySpan<long> ids)
            {
                // Of many bodies few have written in one partition.
                foreach (long id in ids)
                {
                    if (writes.HasUnder(id) && asking?.IsUnder(id) != true) (found ??= []).Add(id);
                }
            }
        }
    }

    /// <summary>
    /// The running bodies, as a message tells those that carry out calls for the transaction; null
    /// where there never was one. A process of grain calls passes on what it was told.
    /// </summary>
    public OpenSavepoints? Describe()
    {
        lock (_gate)
        {
            OpenSavepoints open = origin == 0 ? new(_version, [.. _openHere]) : _elsewhere;
            return open.Version == 0 ? null : open;
        }
    }

    /// <summary>Takes what the process of the transaction's body says, unless it is old.</summary>
    public void Learn(OpenSavepoints open)
    {
        lock (_gate)
        {
            if (open.Version <= _elsewhere.Version) return;

            _elsewhere = open;
            _openCount = _openHere.Count + _elsewhere.Ids.Length;
        }
    }

    private void Changed()
    {
        _version++;
        _openCount = _openHere.Count + _elsewhere.Ids.Length;
    }
}
