namespace Memento.Locks;

/// <summary>
/// One attempt of a transaction in one partition: what it holds there and waits for.
/// </summary>
internal class LockOwner(Guid transactionId, TransactionAge age)
{
    public Guid TransactionId { get; } = transactionId;

    public TransactionAge Age { get; } = age;

    /// <summary>
    /// The lock manager that knows this owner, from its first lock to its release.
    /// </summary>
    internal LockManager? Manager { get; set; }

    /// <summary>The first of its holds that are not of ranges.</summary>
    internal LockHold? FirstHold { get; private set; }

    /// <summary>How many it has that are not of ranges.</summary>
    internal int HoldCount { get; private set; }

    /// <summary>
    /// The first of its holds of ranges: few, and asked for apart from the others.
    /// </summary>
    internal LockHold? FirstRange { get; private set; }

    /// <summary>How many ranges it holds; those that touch are one.</summary>
    internal int RangeCount { get; private set; }

    /// <summary>
    /// The hold on the partition as a whole: every operation asks for it, and its entry has as many
    /// holders as there are transactions.
    /// </summary>
    internal LockHold? PartitionHold { get; set; }

    internal LockRequest? FirstRequest { get; private set; }

    /// <summary>
    /// The one order that decides who waits and who gives up, the same in every partition. Two
    /// attempts of one transaction have one age, and the locks of the earlier may outlive it while
    /// its abort travels; the id decides between those, or two partitions could answer differently.
    /// </summary>
    public bool IsOlderThan(LockOwner other)
    {
        int order = Age.CompareTo(other.Age);
        return (order != 0 ? order : TransactionId.CompareTo(other.TransactionId)) < 0;
    }

    internal void Add(LockHold hold)
    {
        if (hold.Entry.Resource.IsRange)
        {
            hold.NextOfOwner = FirstRange;
            FirstRange = hold;
            RangeCount++;
            return;
        }

        hold.NextOfOwner = FirstHold;
        FirstHold = hold;
        HoldCount++;
    }

    internal LockHold? TakeHold()
    {
        LockHold? hold = FirstHold;
        if (hold is null) return TakeRange();

        FirstHold = hold.NextOfOwner;
        HoldCount--;
        return hold;
    }

    /// <summary>Takes out the first of the ranges that are in another one, but that one.</summary>
    internal LockHold? TakeRangeIn(in LockResource other)
    {
        LockHold? previous = null;
        for (LockHold? hold = FirstRange; hold is not null; hold = hold.NextOfOwner)
        {
            if (other != hold.Entry.Resource && other.Covers(hold.Entry.Resource))
            {
                if (previous is null) return TakeRange();

                previous.NextOfOwner = hold.NextOfOwner;
                RangeCount--;
                return hold;
            }

            previous = hold;
        }

        return null;
    }

    /// <summary>Its range that has all of another one.</summary>
    internal LockHold? FindRangeAround(in LockResource range)
    {
        LockHold? hold = FirstRange;
        while (hold is not null && !hold.Entry.Resource.Covers(range))
            hold = hold.NextOfOwner;
        return hold;
    }

    internal void Add(LockRequest request)
    {
        request.NextOfOwner = FirstRequest;
        if (FirstRequest is not null) FirstRequest.PreviousOfOwner = request;
        FirstRequest = request;
    }

    internal void Remove(LockRequest request)
    {
        LockAssert.Holds(request.Owner == this, "a request is in its own owner's list");
        if (request.PreviousOfOwner is null)
            FirstRequest = request.NextOfOwner;
        else
            request.PreviousOfOwner.NextOfOwner = request.NextOfOwner;
        if (request.NextOfOwner is not null)
            request.NextOfOwner.PreviousOfOwner = request.PreviousOfOwner;
        request.NextOfOwner = null;
        request.PreviousOfOwner = null;
    }

    private LockHold? TakeRange()
    {
        LockHold? hold = FirstRange;
        if (hold is null) return null;

        FirstRange = hold.NextOfOwner;
        RangeCount--;
        return hold;
    }
}

/// <summary>
/// How old a transaction is. Kept over its retries, so that one that keeps losing grows old and
/// wins. Older is smaller.
/// </summary>
/// <param name="StartTicks">When the first attempt began, on the agents' clock.</param>
/// <param name="FirstAttempt">That attempt's id: no two transactions have one age.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.TransactionAge")]
internal readonly record struct TransactionAge(
    [property: Id(0)] long StartTicks,
    [property: Id(1)] Guid FirstAttempt) : IComparable<TransactionAge>
{
    public int CompareTo(TransactionAge other)
    {
        int order = StartTicks.CompareTo(other.StartTicks);
        return order != 0 ? order : FirstAttempt.CompareTo(other.FirstAttempt);
    }
}
