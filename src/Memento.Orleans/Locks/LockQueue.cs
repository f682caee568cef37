using Memento.Invariants;

namespace Memento.Locks;

/// <summary>
/// The requests that wait for one resource, in the order in which they are granted.
/// </summary>
internal sealed class LockQueue
{
    private KindCounts _counts;

    public LockRequest? Head { get; private set; }

    public LockRequest? Tail { get; private set; }

    public bool IsEmpty => Head is null;

    public LockKind Kinds => _counts.Present;

    /// <summary>Puts a request behind another one; at the head if there is no other.</summary>
    public void InsertBehind(LockRequest? other, LockRequest request)
    {
        LockRequest? next = other is null ? Head : other.NextInQueue;
        request.PreviousInQueue = other;
        request.NextInQueue = next;
        if (other is null)
            Head = request;
        else
            other.NextInQueue = request;
        if (next is null)
            Tail = request;
        else
            next.PreviousInQueue = request;
        _counts.Add(request.Kind);
    }

    public void Remove(LockRequest request)
    {
        LockRequest? previous = request.PreviousInQueue;
        LockRequest? next = request.NextInQueue;
        if (previous is null)
        {
            Invariant.Holds(Head == request, "a request is in one queue");
            Head = next;
        }
        else
        {
            previous.NextInQueue = next;
        }

        if (next is null)
            Tail = previous;
        else
            next.PreviousInQueue = previous;
        request.PreviousInQueue = null;
        request.NextInQueue = null;
        _counts.Remove(request.Kind);
    }

    /// <summary>The last request ahead of another one, which need not be in this queue.</summary>
    public LockRequest? LastAheadOf(LockRequest? behind)
    {
        LockRequest? request = Tail;
        while (request is not null && !request.IsAheadOf(behind))
            request = request.PreviousInQueue;
        return request;
    }
}

/// <summary>
/// All requests that wait in one key space, in the order in which they are granted. Their numbers
/// say which of two requests is ahead, also if they wait in different entries.
/// </summary>
internal sealed class LockOrder
{
    /// <summary>The gap between the numbers of two neighbours.</summary>
    public const long Gap = 1L << 20;

    public LockRequest? First { get; private set; }

    public LockRequest? Last { get; private set; }

    /// <summary>Puts a request ahead of another one; at the end if there is no other.</summary>
    public void InsertAhead(LockRequest? behind, LockRequest request)
    {
        LockRequest? ahead = behind is null ? Last : behind.PreviousInSpace;
        request.PreviousInSpace = ahead;
        request.NextInSpace = behind;
        if (ahead is null)
            First = request;
        else
            ahead.NextInSpace = request;
        if (behind is null)
            Last = request;
        else
            behind.PreviousInSpace = request;
        if (!TryNumber(request)) NumberAll();
    }

    public void Remove(LockRequest request)
    {
        LockRequest? previous = request.PreviousInSpace;
        LockRequest? next = request.NextInSpace;
        if (previous is null)
        {
            Invariant.Holds(First == request, "a request waits in one key space");
            First = next;
        }
        else
        {
            previous.NextInSpace = next;
        }

        if (next is null)
            Last = previous;
        else
            next.PreviousInSpace = previous;
        request.PreviousInSpace = null;
        request.NextInSpace = null;
    }

    private static bool TryNumber(LockRequest request)
    {
        long ahead = request.PreviousInSpace?.Order ?? 0;
        if (request.NextInSpace is not { } next)
        {
            request.Order = unchecked(ahead + Gap);
            return request.Order > ahead;
        }

        request.Order = ahead + ((next.Order - ahead) / 2);
        return request.Order > ahead && request.Order < next.Order;
    }

    private void NumberAll()
    {
        long order = 0;
        for (LockRequest? request = First; request is not null; request = request.NextInSpace)
            request.Order = order += Gap;
    }
}
