namespace Memento.Snapshots;

/// <summary>
/// The moments of which snapshots show the partitions of this silo, numbered from 1 on. A cut costs
/// the same however much there is: a partition keeps what it had when it is changed next.
/// </summary>
/// <remarks>
/// What must hold: a number is taken while no commit is being applied (<see cref="ApplyLatch"/>). A
/// change that is made at a number is seen by the cuts after it, and by no other.
/// </remarks>
internal sealed class Cuts
{
    private readonly Lock _gate = new();

    // The cuts that snapshots show, in order.
    private readonly List<long> _live = [];
    private readonly HashSet<IKeepsImages> _keeping = [];
    private long _number;

    /// <summary>The number of the last cut; 0: there was none.</summary>
    public long Number => Volatile.Read(ref _number);

    /// <summary>How many cuts snapshots show.</summary>
    public int LiveCount
    {
        get
        {
            lock (_gate)
                return _live.Count;
        }
    }

    /// <summary>Those that have kept what later changes replaced.</summary>
    public IKeepsImages[] Keeping
    {
        get
        {
            lock (_gate)
                return [.. _keeping];
        }
    }

    /// <summary>Takes a cut, which lives until <see cref="End"/> was called for it.</summary>
    public long Take()
    {
        lock (_gate)
        {
            long number = _number + 1;
            _live.Add(number);

            // Behind it: who sees the number finds it alive.
            Volatile.Write(ref _number, number);
            return number;
        }
    }

    /// <summary>Nobody reads this cut any more.</summary>
    public void End(long number)
    {
        IKeepsImages[] keeping;
        lock (_gate)
        {
            int at = _live.BinarySearch(number);
            if (at < 0) return;
            _live.RemoveAt(at);
            if (_keeping.Count == 0) return;
            keeping = [.. _keeping];
        }

        foreach (IKeepsImages each in keeping)
            each.DropImages();
    }

    /// <summary>Whether a cut lives whose number is above one, and at most another.</summary>
    public bool HasLive(long above, long upTo)
    {
        lock (_gate)
        {
            List<long> live = _live;
            int low = 0;
            int high = live.Count;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (live[middle] > above)
                    high = middle;
                else
                    low = middle + 1;
            }

            return low < live.Count && live[low] <= upTo;
        }
    }

    /// <summary>From now on it is told when cuts end.</summary>
    public void Add(IKeepsImages keeper)
    {
        lock (_gate)
            _keeping.Add(keeper);
    }

    public void Remove(IKeepsImages keeper)
    {
        lock (_gate)
            _keeping.Remove(keeper);
    }
}

/// <summary>Something that keeps what it had at earlier cuts.</summary>
internal interface IKeepsImages
{
    /// <summary>An estimate of the bytes that are there only because of cuts.</summary>
    long KeptBytes { get; }

    /// <summary>Drops what no cut needs that lives.</summary>
    void DropImages();
}
