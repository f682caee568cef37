using System.Runtime.InteropServices;

namespace Memento.Partitions;

/// <summary>
/// The savepoints of one transaction in a process: the running nested bodies, and the savepoints
/// that were given up. The latter are kept while the transaction runs, so that no late operation,
/// and none that ends a wait late, is carried out under them.
/// </summary>
/// <param name="origin">
/// A part of the ids, so that two processes never give the same id; 0 in the process of the
/// transaction's own body.
/// </param>
internal sealed class Savepoints(int origin)
{
    /// <summary>The number of bodies around a savepoint that a message names: unknown.</summary>
    private const int Unknown = -1_000_000;

    private readonly Lock _gate = new();
    private readonly List<long> _openHere = [];
    private OpenSavepoints _elsewhere = new(Version: 0, Ids: []);
    private long _lastId = (long)origin << 32;
    private long _version;
    private volatile int _openCount;
    private volatile HashSet<long>? _givenUp;

    /// <summary>Makes the savepoints of a transaction whose body runs in another process.</summary>
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

    /// <summary>Ends a nested body: from then on all bodies see its writes.</summary>
    public void End(Savepoint body)
    {
        lock (_gate)
        {
            _openHere.Remove(body.Id);
            Changed();
        }
    }

    /// <summary>The savepoint that a message names.</summary>
    /// <param name="ids">
    /// Its id and the ids of the savepoints around it, the innermost first.
    /// </param>
    public Savepoint? Find(ReadOnlySpan<long> ids)
    {
        Savepoint? found = null;
        for (int i = ids.Length - 1; i >= 0; i--)
            found = new Savepoint(this, ids[i], found, found is null ? Unknown : 0);
        return found;
    }

    /// <summary>Refuses all later operations under a savepoint.</summary>
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

    /// <summary>Whether no nested body runs but those around the asking one.</summary>
    public bool AreAllAround(Savepoint? asking) => _openCount == (asking?.Bodies ?? 0);

    /// <summary>
    /// The running bodies beside the asking one that have written. The asking body must not see
    /// their writes.
    /// </summary>
    public long[] WritersBeside(Savepoint? asking, StagedWrites writes)
    {
        // The bodies around it run too. Steps are never counted.
        if (_openCount == 0 || _openCount == (asking?.Bodies ?? 0)) return [];

        lock (_gate)
        {
            List<long>? found = null;
            Add(CollectionsMarshal.AsSpan(_openHere));
            Add(_elsewhere.Ids);
            return found is null ? [] : [.. found];

            void Add(ReadOnlySpan<long> ids)
            {
                // Few of many bodies have written in one partition.
                foreach (long id in ids)
                {
                    if (writes.HasUnder(id) && asking?.IsUnder(id) != true) (found ??= []).Add(id);
                }
            }
        }
    }

    /// <summary>
    /// The running bodies, for a message to a process that carries out calls of the transaction;
    /// null if there never was one. A process that runs grain calls passes on what it was told.
    /// </summary>
    public OpenSavepoints? Describe()
    {
        lock (_gate)
        {
            OpenSavepoints open = origin == 0 ? new(_version, [.. _openHere]) : _elsewhere;
            return open.Version == 0 ? null : open;
        }
    }

    /// <summary>
    /// Takes over the running bodies from the process of the transaction's body, unless the message
    /// is old.
    /// </summary>
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
