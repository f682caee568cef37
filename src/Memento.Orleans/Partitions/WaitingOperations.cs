using Memento.Keys;
using Memento.Locks;

namespace Memento.Partitions;

/// <summary>
/// The waiting operations of one transaction in one partition, in the order of their calls.
/// Operations that a body begins side by side are carried out in the order of its calls, where the
/// order matters: an operation on a key stays behind operations on the same key, a write also
/// behind operations that read many keys, and these behind writes. All other operations pass.
/// </summary>
/// <remarks>
/// This cannot deadlock: an operation that waits for its turn requests no lock, and the operation
/// ahead of it waits only for younger transactions (wait-die), or for an operation further ahead.
/// </remarks>
internal sealed class WaitingOperations
{
    private readonly Dictionary<Key, LinkedList<WaitingOperation>> _onKeys = [];
    private readonly LinkedList<WaitingOperation> _writes = new();
    private readonly LinkedList<WaitingOperation> _scans = new();
    private long _lastOrder;

    private IEnumerable<WaitingOperation> All
        => _onKeys.Values.SelectMany(static each => each).Concat(_scans);

    /// <summary>Whether a new operation has to wait for its turn.</summary>
    public bool Delays(Operation operation) => operation is IKeyOperation onKey
        ? _onKeys.ContainsKey(onKey.Key) || (onKey.Writes && _scans.Count > 0)
        : _writes.Count > 0;

    public void Add(WaitingOperation waiting)
    {
        waiting.Order = ++_lastOrder;
        if (waiting.Operation is not IKeyOperation onKey)
        {
            waiting.OfKind = _scans.AddLast(waiting);
            return;
        }

        if (!_onKeys.TryGetValue(onKey.Key, out LinkedList<WaitingOperation>? same))
            _onKeys.Add(onKey.Key, same = new LinkedList<WaitingOperation>());
        waiting.OnKey = same.AddLast(waiting);
        if (onKey.Writes) waiting.OfKind = _writes.AddLast(waiting);
    }

    /// <summary>Whether no operation that it has to stay behind waits any more.</summary>
    public bool IsNext(WaitingOperation waiting)
    {
        if (waiting.Operation is not IKeyOperation onKey) return IsAheadOfAll(waiting, _writes);

        return _onKeys[onKey.Key].First!.Value == waiting
            && (!onKey.Writes || IsAheadOfAll(waiting, _scans));
    }

    /// <summary>Removes an operation, and adds the operations whose turn may have come.</summary>
    public void Remove(WaitingOperation waiting, List<TaskCompletionSource> freed)
    {
        if (waiting.Operation is not IKeyOperation onKey)
        {
            _scans.Remove(waiting.OfKind!);
            Free(_writes, _scans, freed);
            return;
        }

        LinkedList<WaitingOperation> same = _onKeys[onKey.Key];
        same.Remove(waiting.OnKey!);
        if (same.First is { } next)
            FreeIfInTurn(next.Value, freed);
        else
            _onKeys.Remove(onKey.Key);
        if (!onKey.Writes) return;

        _writes.Remove(waiting.OfKind!);
        Free(_scans, _writes, freed);
    }

    /// <summary>Adds all operations, because the transaction has ended here.</summary>
    public void FreeAll(List<TaskCompletionSource> freed)
        => freed.AddRange(All.Select(static each => each.Woken));

    /// <summary>
    /// Adds the operations under a savepoint that was given up, so that they are refused.
    /// </summary>
    public void FreeUnder(long savepoint, List<TaskCompletionSource> freed)
        => freed.AddRange(All
            .Where(each => each.Savepoint is { } under && under.IsUnder(savepoint))
            .Select(static each => each.Woken));

    /// <summary>
    /// The first operation that waits for a lock; the others may wait for its end.
    /// </summary>
    public WaitingOperation? FindAhead()
        => All.Where(static each => each.Request is not null).MinBy(static each => each.Order);

    /// <summary>Adds the locks that its operations wait for without a request.</summary>
    public void DescribeBehind(Guid transactionId, List<LockInfo> locks)
    {
        foreach (WaitingOperation each in All)
        {
            if (each.Behind is not { } conflict) continue;
            locks.Add(new LockInfo(conflict.Resource, conflict.Kind, transactionId, IsWaiting: true)
            {
                BlockedBy = conflict.Holder,
            });
        }
    }

    private static bool IsAheadOfAll(
        WaitingOperation waiting, LinkedList<WaitingOperation> others)
        => others.First is not { } first || waiting.Order < first.Value.Order;

    /// <summary>Frees the operations that are ahead of all others.</summary>
    private static void Free(
        LinkedList<WaitingOperation> waiting,
        LinkedList<WaitingOperation> others,
        List<TaskCompletionSource> freed)
    {
        foreach (WaitingOperation each in waiting)
        {
            if (!IsAheadOfAll(each, others)) return;
            FreeIfInTurn(each, freed);
        }
    }

    private static void FreeIfInTurn(WaitingOperation waiting, List<TaskCompletionSource> freed)
    {
        if (waiting.Request is null) freed.Add(waiting.Woken);
    }
}

/// <summary>
/// An operation that waits in a partition: for a lock, or for an earlier operation of its
/// transaction. Guarded by the partition's gate.
/// </summary>
internal sealed class WaitingOperation(Operation operation, Savepoint? savepoint)
{
    public Operation Operation { get; } = operation;

    public Savepoint? Savepoint { get; } = savepoint;

    /// <summary>
    /// The lock request that it waits for; null: it waits for its turn, or for the end of an older
    /// transaction.
    /// </summary>
    public LockRequest? Request { get; private set; }

    /// <summary>
    /// Why it waits for the end of an older transaction, without a request; null: it does not.
    /// </summary>
    public LockConflict? Behind { get; private set; }

    /// <summary>How long it waits for older transactions.</summary>
    public TimeSpan Patience { get; init; }

    /// <summary>When it began to wait, as a timestamp.</summary>
    public long BegunAt { get; init; }

    /// <summary>Whether it waits for a lock, and not for its turn.</summary>
    public bool IsForLock => Request is not null || Behind is not null;

    /// <summary>Completed when the operation should be tried again.</summary>
    public TaskCompletionSource Woken { get; private set; } = null!;

    /// <summary>Its place among the waiting operations.</summary>
    public long Order { get; set; }

    /// <summary>Its place among the operations on the same key.</summary>
    public LinkedListNode<WaitingOperation>? OnKey { get; set; }

    /// <summary>Its place among the writes, or among the operations that read many keys.</summary>
    public LinkedListNode<WaitingOperation>? OfKind { get; set; }

    /// <summary>
    /// What it had come to when it left the gate, holding its locks; null: it begins.
    /// </summary>
    public object? Progress { get; private set; }

    /// <summary>Lets others use the partition, and goes on as soon as it can.</summary>
    public void Pause(object progress)
    {
        WaitFor(request: null);
        Progress = progress;
        Woken.SetResult();
    }

    /// <summary>Begins a wait for a lock, or (null) for the operations ahead of it.</summary>
    public void WaitFor(LockRequest? request)
    {
        Progress = null;
        Request = request;
        Behind = null;
        Woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (request is not null) request.Waiter = Woken;
    }

    /// <summary>Begins a wait for the end of the transaction in the way.</summary>
    public void WaitForEnd(LockConflict conflict)
    {
        WaitFor(request: null);
        Behind = conflict;
    }
}
