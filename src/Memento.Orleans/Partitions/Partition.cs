using Memento.Partitions.Locks;
using Memento.Partitions.Operations;
using Memento.Storage;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// One partition of a table: its records, its locks and the transactions in it. Thread-safe: whoever is in
/// the silo calls it directly, everyone else through its <c>IndexGrain</c>.
/// </summary>
/// <remarks>
/// Everything happens under one gate that is never held over a wait. A transaction goes through Join,
/// Execute…, Seal, Commit or Abort; Undo takes a commit back whose journal batch failed.
/// </remarks>
internal sealed class Partition(
    TableDefinition table, int number, long epoch, RecordStore store, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly RecordStore _store = store;
    private readonly LockManager _locks = new();
    private readonly Dictionary<Guid, PartitionTransaction> _transactions = [];
    private readonly List<LockRequest> _resumed = [];
    private readonly TaskCompletionSource _drained =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile MementoException? _closed;

    public TableDefinition Table { get; } = table;

    public int Number { get; } = number;

    /// <summary>The owner number in the durable storage; 0 where the table is in ram.</summary>
    public long Epoch { get; } = epoch;

    /// <summary>Whether it refuses everything: whoever wants the partition opens it anew.</summary>
    public bool IsClosed => _closed is not null;

    /// <summary>Ends when it is closed and the last commit that had begun has gone through.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Told of every number that a record was committed with, for auto-increment.</summary>
    public Action<long>? NumberSeen { get; init; }

    /// <summary>Adds a transaction, or finds it again.</summary>
    /// <exception cref="PartitionClosedException">The partition has moved, or its table is gone.</exception>
    public PartitionTransaction Join(TransactionHeader header)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            if (_transactions.TryGetValue(header.TransactionId, out PartitionTransaction? known))
                return known;

            var joined = new PartitionTransaction(header, _store, this);
            _transactions.Add(header.TransactionId, joined);
            return joined;
        }
    }

    public PartitionTransaction? Find(Guid transactionId)
    {
        lock (_gate)
            return _transactions.GetValueOrDefault(transactionId);
    }

    /// <summary>Takes the locks that an operation needs, waiting if it must, and carries it out.</summary>
    /// <exception cref="TransactionConflictException">An older transaction holds a lock.</exception>
    /// <exception cref="TransactionTimeoutException">The time limit ended the wait.</exception>
    public ValueTask<object?> ExecuteAsync(
        PartitionTransaction transaction,
        Operation operation,
        int savepoint,
        CancellationToken cancellationToken)
    {
        operation.Prepare(Table);
        LockRequest? waiting = TryExecute(transaction, operation, savepoint, out object? result);
        return waiting is null
            ? new ValueTask<object?>(result)
            : WaitAndExecuteAsync(transaction, operation, savepoint, waiting, cancellationToken);
    }

    /// <summary>Undoes what a transaction wrote under a savepoint; its locks stay.</summary>
    public void Rollback(PartitionTransaction transaction, int savepoint)
    {
        lock (_gate)
        {
            if (transaction.Phase == TransactionPhase.Running)
                transaction.Staged.RollbackTo(savepoint);
        }
    }

    /// <summary>
    /// Begins a transaction's commit: no more operations from here on. False where the partition did not
    /// see as many operations as the caller made: one was lost, or the partition was.
    /// </summary>
    public bool TrySeal(PartitionTransaction transaction, int operations)
    {
        lock (_gate)
        {
            if (_closed is not null || transaction.Phase != TransactionPhase.Running
                || transaction.Operations != operations)
            {
                return false;
            }

            transaction.Phase = TransactionPhase.Sealed;
            return true;
        }
    }

    /// <summary>
    /// Applies a sealed transaction's writes and releases its locks, in one step: from here on others see
    /// them. A commit whose journal batch has failed meanwhile is not applied.
    /// </summary>
    public void Commit(
        PartitionTransaction transaction, PendingCommit pending, AppliedCommit applied)
    {
        lock (_gate)
        {
            if (!pending.HasFailed) Apply(transaction, pending.Position, applied);
            End(transaction);
        }

        Wake();
    }

    /// <summary>Applies a sealed transaction that nothing can take back any more.</summary>
    public void Commit(PartitionTransaction transaction)
    {
        lock (_gate)
        {
            if (transaction.Staged.HasChanges) Apply(transaction, position: 0, applied: null);
            End(transaction);
        }

        Wake();
    }

    /// <summary>Takes an applied commit back; later ones must have been taken back before.</summary>
    public void Undo(AppliedCommit applied)
    {
        lock (_gate)
        {
            AppliedWrite[] writes = applied.Writes ?? [];
            applied.Writes = null;
            for (int i = writes.Length - 1; i >= 0; i--)
                _store.Replace(writes[i].Store, writes[i].Key, writes[i].Previous, position: 0);

            if (applied.Cleared is { } content) _store.Restore(content);
            applied.Cleared = null;
        }
    }

    /// <summary>Drops a transaction with its writes and locks, unless its commit has begun.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="evenIfSealed">For the commit itself, which gives up before anything is applied.</param>
    public void Abort(PartitionTransaction transaction, bool evenIfSealed = false)
    {
        lock (_gate)
        {
            if (transaction.Phase == TransactionPhase.Ended
                || (transaction.Phase == TransactionPhase.Sealed && !evenIfSealed))
            {
                return;
            }

            End(transaction);
        }

        Wake();
    }

    /// <summary>
    /// Drops the transactions that are past their time limit by more than a grace and have not begun to
    /// commit; gives how many. Whoever runs a transaction ends it before: this is for those that nobody
    /// runs any more, whatever went wrong.
    /// </summary>
    public int EndOverdue(TimeSpan grace)
    {
        List<PartitionTransaction> overdue = [];
        lock (_gate)
        {
            foreach (PartitionTransaction transaction in _transactions.Values)
            {
                if (transaction.Phase == TransactionPhase.Running
                    && time.GetElapsedTime(transaction.Header.Deadline) > grace)
                {
                    overdue.Add(transaction);
                }
            }

            foreach (PartitionTransaction transaction in overdue)
                End(transaction);
        }

        Wake();
        return overdue.Count;
    }

    /// <summary>
    /// Refuses everything from here on, and drops the transactions that have not begun to commit.
    /// </summary>
    /// <param name="reason">What callers get.</param>
    /// <returns>A task that ends when the last commit that had begun has gone through.</returns>
    public Task CloseAsync(MementoException reason)
    {
        lock (_gate)
        {
            _closed ??= reason;
            foreach (PartitionTransaction transaction in _transactions.Values.ToArray())
            {
                if (transaction.Phase == TransactionPhase.Running) End(transaction);
            }

            if (_transactions.Count == 0) _drained.TrySetResult();
        }

        Wake();
        return _drained.Task;
    }

    /// <summary>Closes it because memory may not be what is stored: it is to be loaded again.</summary>
    public void Discard()
        => _ = CloseAsync(new TransactionConflictException(
            $"Partition {Number} of table '{Table.Name}' is loaded again from the durable storage. The "
            + "transaction is run again while attempts and time are left."));

    /// <summary>How many committed records there are, and about how many bytes they take.</summary>
    public (long Count, long EstimatedSize) Measure()
    {
        lock (_gate)
            return (_store.Count, _store.EstimatedSize);
    }

    /// <summary>
    /// The highest number that a key has here, for auto-increment, with the journal position that wrote it;
    /// 0 where there is none.
    /// </summary>
    public (long Number, long Position) HighestNumber()
    {
        lock (_gate)
        {
            OrderedMapRange<StoredRecord> all = _store.Records.Range(null, null, isBackward: true);
            return all.MoveNext()
                && Table.TryGetNumber(all.CurrentValue.Record, out long number)
                    ? (Math.Max(0, number), all.CurrentValue.Position)
                    : (0, 0);
        }
    }

    /// <summary>Whether nothing is locked and no transaction is here.</summary>
    public bool IsIdle()
    {
        lock (_gate)
            return _transactions.Count == 0 && _locks.IsIdle;
    }

    /// <summary>Adds every lock that is held or waited for here.</summary>
    public void DescribeLocks(List<LockInfo> locks)
    {
        lock (_gate)
            _locks.Describe(locks);
    }

    /// <summary>Tells the numbers of a transaction whose commit nothing can take back any more.</summary>
    public void ShowNumbers(PartitionTransaction transaction)
    {
        if (NumberSeen is null) return;

        foreach (StagedWrite write in transaction.Staged.Effective)
        {
            if (write.Store == 0 && write.Record is not null
                && Table.TryGetNumber(write.Record.Record, out long number))
            {
                NumberSeen(number);
            }
        }
    }

    private LockRequest? TryExecute(
        PartitionTransaction transaction, Operation operation, int savepoint, out object? result)
    {
        result = null;
        LockRequest? waiting;
        LockConflict? conflict;
        try
        {
            lock (_gate)
            {
                ThrowIfClosed();
                ThrowIfEnded(transaction);
                var locks = new LockTaker(_locks, transaction, _resumed);
                transaction.Savepoint = savepoint;
                if (operation.TryApply(transaction, ref locks, out result))
                    transaction.Operations++;

                waiting = locks.Waiting;
                conflict = locks.Conflict;
                if (waiting is not null)
                {
                    waiting.Waiter = new TaskCompletionSource(
                        TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }
        }
        finally
        {
            // Also where the operation throws: its locks may have sent others away.
            Wake();
        }

        if (conflict is not null) throw LockErrors.Conflict(Table, transaction, conflict);
        return waiting;
    }

    private async ValueTask<object?> WaitAndExecuteAsync(
        PartitionTransaction transaction,
        Operation operation,
        int savepoint,
        LockRequest waiting,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            await WaitAsync(transaction, waiting, cancellationToken).ConfigureAwait(false);
            LockRequest? next = TryExecute(
                transaction, operation, savepoint, out object? result);
            if (next is null) return result;
            waiting = next;
        }
    }

    private async Task WaitAsync(
        PartitionTransaction transaction, LockRequest waiting, CancellationToken cancellationToken)
    {
        TimeSpan remaining = time.GetElapsedTime(time.GetTimestamp(), transaction.Header.Deadline);
        Exception? ended = null;
        try
        {
            if (remaining <= TimeSpan.Zero) throw new TimeoutException();
            await ((TaskCompletionSource)waiting.Waiter!).Task
                .WaitAsync(remaining, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            ended = exception;
        }

        LockConflict? conflict;
        LockConflict? blocker = null;
        lock (_gate)
        {
            if (waiting.State == LockRequestState.Waiting)
            {
                blocker = _locks.FindBlocker(waiting);
                _locks.Cancel(waiting, _resumed);
            }

            conflict = waiting.State == LockRequestState.Refused ? waiting.Conflict : null;
        }

        Wake();
        if (conflict is not null) throw LockErrors.Conflict(Table, transaction, conflict);
        if (ended is TimeoutException)
            throw LockErrors.TimedOut(Table, transaction, waiting, blocker?.Holder);
        if (ended is not null)
            throw new OperationCanceledException(ended.Message, ended, cancellationToken);
    }

    private void Apply(PartitionTransaction transaction, long position, AppliedCommit? applied)
    {
        RecordStoreContent? cleared =
            transaction.Staged.IsClearing ? _store.Clear(position) : null;
        var writes = new List<AppliedWrite>(transaction.Staged.Count);
        foreach (StagedWrite write in transaction.Staged.Effective)
        {
            if (write.Record is not null) write.Record.Position = position;
            StoredRecord? previous = _store.Replace(
                write.Store, write.Key.Bytes, write.Record, position);
            writes.Add(new AppliedWrite(write.Store, write.Key.Bytes, previous));
        }

        if (applied is null) return;
        applied.Cleared = cleared;
        applied.Writes = [.. writes];
    }

    private void End(PartitionTransaction transaction)
    {
        transaction.Phase = TransactionPhase.Ended;
        _transactions.Remove(transaction.TransactionId);
        _locks.Release(transaction, _resumed);
        if (_closed is not null && _transactions.Count == 0) _drained.TrySetResult();
    }

    private void ThrowIfClosed()
    {
        if (_closed is not null) throw new PartitionClosedException(_closed);
    }

    private void ThrowIfEnded(PartitionTransaction transaction)
    {
        if (transaction.Phase == TransactionPhase.Running) return;

        throw new NoTransactionException(
            $"Transaction {transaction.TransactionId} has ended, and table '{Table.Name}' was used in "
            + "it. Use the transaction only inside its body, and await every call.");
    }

    /// <summary>Lets those go on whose waiting ended, outside the gate.</summary>
    private void Wake()
    {
        // Whoever named a waiter comes here after it, so an empty list may be believed without the gate.
        if (_resumed.Count == 0) return;

        LockRequest[] resumed;
        lock (_gate)
        {
            resumed = [.. _resumed];
            _resumed.Clear();
        }

        foreach (LockRequest request in resumed)
            (request.Waiter as TaskCompletionSource)?.TrySetResult();
    }
}
