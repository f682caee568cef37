using Memento.Invariants;
using Memento.Keys;

namespace Memento.Locks;

/// <summary>
/// The locked and requested resources of one key space: the points and the ranges, so that each can
/// find those that it meets, and one order for all waiting requests.
/// </summary>
internal sealed class LockSpace
{
    // Null until the first range, so that a key space without range reads pays nothing.
    private LockPoints? _points;
    private LockRanges? _ranges;

    /// <summary>Usually false, and then a point has nothing more to check.</summary>
    public bool HasRanges => _ranges is { IsEmpty: false };

    /// <summary>Usually false too. A range has to check the writers in it.</summary>
    public bool HasPoints => _points is { Count: > 0 };

    public LockOrder Waiting { get; } = new();

    /// <summary>Whether it has to be searched when a release is done.</summary>
    public bool IsMarked { get; set; }

    /// <summary>Prepares the space for its first range.</summary>
    /// <param name="entries">The entries of all key spaces.</param>
    public void ExpectRanges(Dictionary<LockResource, LockEntry> entries)
    {
        if (_points is not null) return;

        _points = new LockPoints();
        foreach (LockEntry entry in entries.Values)
        {
            if (entry.Space == this) _points.Add(entry);
        }
    }

    public void Add(LockEntry entry)
    {
        if (entry.Resource.IsRange)
            (_ranges ??= new LockRanges()).Add(entry);
        else
            _points?.Add(entry);
    }

    public void Remove(LockEntry entry)
    {
        if (entry.Resource.IsRange)
            _ranges!.Remove(entry);
        else
            _points?.Remove(entry);
    }

    /// <summary>
    /// The ranges around a point, or the points in a range. No entry may be added or removed while
    /// they are read.
    /// </summary>
    public LockMeetings Meeting(LockEntry entry)
        => entry.Resource.IsRange
            ? new LockMeetings(entry, _points!)
            : new LockMeetings(entry, _ranges);

    /// <summary>
    /// Whether a request waits for a lock or an earlier request of an owner on another entry: on a
    /// range around this point, or on a point in this range.
    /// </summary>
    public bool WaitsAcross(LockRequest request, LockOwner owner)
    {
        if (!HasRanges || !LockKinds.Conflict(request.Kind, Opposite(request))) return false;
        if (request.HeldUpBy == owner) return true;

        LockHold? hold = request.Resource.IsRange ? owner.FirstHold : owner.FirstRange;
        for (; hold is not null; hold = hold.NextOfOwner)
        {
            if (LockKinds.Conflict(hold.Kinds, request.Kind)
                && hold.Entry.Resource.Meets(request.Resource))
            {
                request.HeldUpBy = owner;
                return true;
            }
        }

        for (LockRequest? own = owner.FirstRequest; own is not null; own = own.NextOfOwner)
        {
            if (LockKinds.Conflict(own.Kind, request.Kind)
                && own.Resource.Meets(request.Resource)
                && own.IsAheadOf(request))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Forgets an owner that is gone, and grants the requests that wait for no owner now.
    /// </summary>
    public void Settle(LockOwner? gone, List<LockRequest> resumed)
    {
        LockRequest? next;
        for (LockRequest? request = Waiting.First; request is not null; request = next)
        {
            next = request.NextInSpace;
            if (request.HeldUpBy == gone) request.HeldUpBy = null;
            Invariant.Holds(request.Entry is not null, "what waits is in an entry's queue");
            request.Entry.TryGrant(request, resumed);
        }
    }

    private static LockKind Opposite(LockRequest request)
        => request.Resource.IsRange ? LockKind.Write : LockKind.Read;
}

/// <summary>The locks of a partition by key space.</summary>
internal sealed class LockSpaces
{
    private LockSpace?[] _spaces = new LockSpace?[4];

    public LockSpace this[KeySpace space]
    {
        get
        {
            int number = space.Number;
            LockSpace?[] spaces = _spaces;
            return (uint)number < (uint)spaces.Length && spaces[number] is { } found
                ? found
                : Add(number);
        }
    }

    private LockSpace Add(int number)
    {
        if (number >= _spaces.Length)
            Array.Resize(ref _spaces, Math.Max(number + 1, _spaces.Length * 2));
        return _spaces[number] = new LockSpace();
    }
}
