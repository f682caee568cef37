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

    /// <summary>Puts a request behind another; at the head when there is no other.</summary>
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
            LockAssert.Holds(Head == request, "a request is in one queue");
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

    /// <summary>The last one ahead of a request, which need not be in this queue.</summary>
    public LockRequest? LastAheadOf(LockRequest? behind)
    {
        LockRequest? request = Tail;
        while (request is not null && !request.IsAheadOf(behind))
            request = request.PreviousInQueue;
        return request;
    }
}
