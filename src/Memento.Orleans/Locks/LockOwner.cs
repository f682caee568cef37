using Memento.Invariants;

namespace Memento.Locks;

/// <summary>
/// One attempt of a transaction in one partition, with its locks and waiting requests there.
/// </summary>
internal class LockOwner(Guid transactionId, TransactionAge age)
{
    public Guid TransactionId { get; } = transactionId;

    public TransactionAge Age { get; } = age;

    /// <summary>
    /// The lock manager that knows this owner, from its first lock to its release.
    /// </summary>
    internal LockManager? Manager { get; set; }

    /// <summary>The first of its holds that are not on ranges.</summary>
    internal LockHold? FirstHold { get; private set; }

    /// <summary>How many holds it has that are not on ranges.</summary>
    internal int HoldCount { get; private set; }

    /// <summary>
    /// The first of its holds on ranges. They are few, and are searched apart from the others.
    /// </summary>
    internal LockHold? FirstRange { get; private set; }

    /// <summary>How many ranges it holds; ranges that touch count as one.</summary>
    internal int RangeCount { get; private set; }

    /// <summary>
    /// The hold on the partition as a whole. Every operation needs it, and its entry has as many
    /// holders as there are transactions.
    /// </summary>
    internal LockHold? PartitionHold { get; set; }

    /// <summary>Whether it has any lock.</summary>
    internal bool HoldsLocks => PartitionHold is not null || HoldCount > 0;

    internal LockRequest? FirstRequest { get; private set; }

    /// <summary>
    /// The order that decides which owner waits and which one gives up. It is the same in every
    /// partition. Two attempts of one transaction have the same age, and the locks of the earlier
    /// attempt may remain while its abort is under way. The id decides between the two, so that all
    /// partitions answer alike.
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

    /// <summary>
    /// Removes the first range that is inside another one, except that one itself.
    /// </summary>
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

    /// <summary>Its range that contains another one.</summary>
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
        Invariant.Holds(request.Owner == this, "a request is in its own owner's list");
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
/// The age of a transaction. It is kept over retries, so that a transaction that keeps losing
/// becomes the oldest and wins. Older is smaller.
/// </summary>
/// <param name="StartTicks">
/// The time at which the first attempt began, on the agents' clock.
/// </param>
/// <param name="FirstAttempt">
/// The id of that attempt, so that no two transactions have the same age.
/// </param>
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
