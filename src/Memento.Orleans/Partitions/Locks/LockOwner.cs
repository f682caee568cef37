
namespace Memento.Partitions.Locks;

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

    internal LockHold? FirstHold { get; private set; }

    internal int HoldCount { get; private set; }

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
        hold.NextOfOwner = FirstHold;
        FirstHold = hold;
        HoldCount++;
    }

    internal LockHold? TakeHold()
    {
        LockHold? hold = FirstHold;
        if (hold is null)
            return null;

        FirstHold = hold.NextOfOwner;
        HoldCount--;
        return hold;
    }

    internal void Add(LockRequest request)
    {
        request.NextOfOwner = FirstRequest;
        if (FirstRequest is not null)
            FirstRequest.PreviousOfOwner = request;
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
}
