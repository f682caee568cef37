using Memento.Locks;

namespace Memento.Partitions;

/// <summary>
/// An operation that waits in a partition: for a lock, or for an earlier operation of its transaction.
/// Guarded by the partition's gate.
/// </summary>
internal sealed class WaitingOperation(Operation operation, Savepoint? savepoint)
{
    public Operation Operation { get; } = operation;

    public Savepoint? Savepoint { get; } = savepoint;

    /// <summary>The lock that it waits for; null: its turn.</summary>
    public LockRequest? Request { get; private set; }

    /// <summary>Ended when it is worth while to try again.</summary>
    public TaskCompletionSource Woken { get; private set; } = null!;

    /// <summary>Its place among those that wait: they came in this order.</summary>
    public long Order { get; set; }

    /// <summary>Its place among those on the same key.</summary>
    public LinkedListNode<WaitingOperation>? OnKey { get; set; }

    /// <summary>Its place among the writes, or among those that read many keys.</summary>
    public LinkedListNode<WaitingOperation>? OfKind { get; set; }

    /// <summary>Begins a wait for a lock, or (null) for the operations ahead of it.</summary>
    public void WaitFor(LockRequest? request)
    {
        Request = request;
        Woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (request is not null) request.Waiter = Woken;
    }
}
