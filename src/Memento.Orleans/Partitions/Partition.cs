using Memento.Diagnostics;
using Memento.Invariants;
using Memento.Journaling;
using Memento.Leases;
using Memento.Locks;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// One partition of a table: its records, its locks and its transactions. Thread-safe. Code in the
/// silo calls it directly, other processes call its <c>IndexGrain</c>.
/// </summary>
/// <remarks>
/// Everything happens under one gate, which is never held over a wait. A transaction goes through
/// Join, Execute, Seal, and Commit or Abort. Undo takes back a commit whose journal batch failed.
/// </remarks>
internal sealed partial class Partition(
    TableDefinition table, int number, long epoch, PartitionContent content, TimeProvider time)
{
    private readonly Lock _gate = content.Gate;
    private readonly PartitionContent _content = content;
    private readonly LockManager _locks = new();
    private readonly Dictionary<Guid, PartitionTransaction> _transactions = [];
    private readonly List<LockRequest> _resumed = [];
    private readonly List<TaskCompletionSource> _freed = [];
    private readonly TaskCompletionSource _drained =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile MementoException? _closed;

    public TableDefinition Table { get; } = table;

    public int Number { get; } = number;

    /// <summary>The clock of the silo.</summary>
    public TimeProvider Time => time;

    /// <summary>
    /// The owner number in the durable storage; 0 if the table is in ram, and no other silo has the
    /// storage.
    /// </summary>
    public long Epoch { get; } = epoch;

    /// <summary>
    /// What says whether this silo may rely on the partition; null where the storage is of this
    /// silo alone.
    /// </summary>
    public Holding? Holding { get; init; }

    /// <summary>Whether it refuses all calls: a caller has to open the partition again.</summary>
    public bool IsClosed => _closed is not null;

    /// <summary>Ends when it is closed and the last begun commit has ended.</summary>
    public Task Drained => _drained.Task;

    /// <summary>
    /// Called with the number of each record that is committed, in an auto-increment table.
    /// </summary>
    public Action<long>? NumberSeen { get; init; }

    /// <summary>Called with waits for locks, if there is a listener.</summary>
    public StoreMetrics? Metrics { get; init; }

    /// <summary>Adds a transaction, or finds it if it was added before.</summary>
    /// <exception cref="PartitionClosedException">
    /// The partition has moved, or its table is gone.
    /// </exception>
    public PartitionTransaction Join(TransactionHeader header)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            if (_transactions.TryGetValue(header.TransactionId, out PartitionTransaction? known))
                return known;

            var joined = new PartitionTransaction(header, _content, this);
            _transactions.Add(header.TransactionId, joined);
            return joined;
        }
    }

    public PartitionTransaction? Find(Guid transactionId)
    {
        lock (_gate)
            return _transactions.GetValueOrDefault(transactionId);
    }

    /// <summary>
    /// Takes the locks of an operation, waits if it must, and carries the operation out, after the
    /// earlier operations of its transaction on the same records.
    /// </summary>
    /// <exception cref="TransactionConflictException">
    /// An older transaction holds a lock.
    /// </exception>
    /// <exception cref="TransactionTimeoutException">The time limit ended the wait.</exception>
    /// <exception cref="NoTransactionException">
    /// The transaction, or its savepoint, has ended.
    /// </exception>
    public ValueTask<TResult> ExecuteAsync<TResult>(
        PartitionTransaction transaction,
        Operation<TResult> operation,
        Savepoint? savepoint,
        CancellationToken cancellationToken)
    {
        operation.Prepare(Table);
        if (Holding is { } holding && (holding.Lease.IsStalled || transaction.Stalled is not null))
        {
            return new ValueTask<TResult>(
                StallAndExecuteAsync(transaction, operation, savepoint, cancellationToken));
        }

        return BeginAsync(transaction, operation, savepoint, cancellationToken);
    }

    /// <summary>
    /// Undoes the writes of a transaction under a savepoint, which was given up before. The locks
    /// stay.
    /// </summary>
    public void Rollback(PartitionTransaction transaction, long savepoint)
    {
        lock (_gate)
        {
            if (transaction.Phase != TransactionPhase.Running) return;

            transaction.Staged.Rollback(savepoint);
            transaction.Waiting?.FreeUnder(savepoint, _freed);
        }

        Wake();
    }

    /// <summary>
    /// Begins the commit of a transaction, which takes no more operations, and carries out the
    /// writes that its caller has kept back. False if the partition has not seen as many operations
    /// as the caller made: an operation was lost, or the partition was.
    /// </summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="operations">How many operations the caller has answers of.</param>
    /// <param name="writes">The writes that were kept back, prepared; null: none.</param>
    public bool TrySeal(
        PartitionTransaction transaction,
        int operations,
        IReadOnlyList<Operation<bool>>? writes = null)
    {
        lock (_gate)
        {
            if (_closed is not null || transaction.Phase != TransactionPhase.Running
                || transaction.Operations != operations)
            {
                return false;
            }

            try
            {
                if (writes is not null && !TryCarryOut(transaction, writes)) return false;

                Invariant.Holds(
                    _transactions.GetValueOrDefault(transaction.TransactionId) == transaction,
                    "a transaction is sealed in its own partition");
                Invariant.Holds(
                    !transaction.Staged.HasChanges || transaction.HoldsLocks,
                    "a transaction that has written holds locks");
                transaction.MoveTo(TransactionPhase.Sealed);
                return true;
            }
            catch (BrokenInvariantException broken)
            {
                Break(broken);
            }
        }

        Wake();
        return false;
    }

    /// <summary>
    /// Applies the writes of a sealed transaction and releases its locks, in one step. From then on
    /// other transactions see the writes. A commit whose journal batch has failed meanwhile is not
    /// applied.
    /// </summary>
    public void Commit(
        PartitionTransaction transaction, PendingCommit pending, AppliedCommit applied)
    {
        lock (_gate)
        {
            RequireSealed(transaction);
            if (!pending.HasFailed) Apply(transaction, pending.Position, applied);
            End(transaction);
        }

        Wake();
    }

    /// <summary>Applies a sealed transaction that cannot be taken back.</summary>
    public void Commit(PartitionTransaction transaction)
    {
        lock (_gate)
        {
            RequireSealed(transaction);
            if (transaction.Staged.HasChanges) Apply(transaction, position: 0, applied: null);
            End(transaction);
        }

        Wake();
    }

    /// <summary>
    /// Takes an applied commit back. Later commits must have been taken back before.
    /// </summary>
    public void Undo(AppliedCommit applied)
    {
        lock (_gate)
        {
            AppliedWrite[] writes = applied.Writes ?? [];
            applied.Writes = null;
            for (int i = writes.Length - 1; i >= 0; i--)
                _content.Replace(writes[i].Space, writes[i].Key, writes[i].Previous, position: 0);

            if (applied.Cleared is { } content) _content.Restore(content);
            applied.Cleared = null;
        }
    }

    /// <summary>
    /// Calls <see cref="NumberSeen"/> with the numbers of a transaction whose commit cannot be
    /// taken back any more.
    /// </summary>
    public void ShowNumbers(PartitionTransaction transaction)
    {
        if (NumberSeen is null) return;

        foreach (StagedWrite write in transaction.Staged.Effective)
        {
            // From the key: the record's own code may fail, and the commit has happened already.
            if (write.Space.IsRecords && write.Record is not null)
                NumberSeen(Table.ReadNumber(write.Record.Key));
        }
    }

    /// <summary>The highest number among the keys that it writes; null: none.</summary>
    public long? HighestNumberOf(PartitionTransaction transaction)
    {
        long? highest = null;
        if (!Table.AutoIncrement) return highest;

        foreach (StagedWrite write in transaction.Staged.Effective)
        {
            if (write.Space.IsRecords && write.Record is not null)
                highest = Math.Max(highest ?? 0, Table.ReadNumber(write.Record.Key));
        }

        return highest;
    }

    private void Apply(PartitionTransaction transaction, long position, AppliedCommit? applied)
    {
        ClearedContent? cleared =
            transaction.Staged.IsClearing ? _content.Clear(position) : null;
        var writes = new List<AppliedWrite>(transaction.Staged.Count);
        foreach (StagedWrite write in transaction.Staged.Effective)
        {
            if (write.Record is not null) write.Record.Position = position;
            StoredRecord? previous = _content.Replace(
                write.Space, write.Key.Bytes, write.Record, position);
            writes.Add(new AppliedWrite(write.Space, write.Key.Bytes, previous));
        }

        if (applied is null) return;
        applied.Cleared = cleared;
        applied.Writes = [.. writes];
    }

    private void RequireSealed(PartitionTransaction transaction)
        => Invariant.Holds(
            transaction.Phase == TransactionPhase.Sealed
                && _transactions.GetValueOrDefault(transaction.TransactionId) == transaction,
            "a commit was sealed in its partition before");

    private void ThrowIfClosed()
    {
        if (_closed is not null) throw new PartitionClosedException(_closed);
    }

    private void ThrowIfEnded(PartitionTransaction transaction, Savepoint? savepoint)
    {
        if (transaction.Phase == TransactionPhase.Running)
        {
            if (savepoint is { IsGivenUp: true })
                throw NestedErrors.GivenUp(transaction.TransactionId);
            return;
        }

        throw new NoTransactionException(
            $"Transaction {transaction.TransactionId} has ended, and table '{Table.Name}' was used "
            + "in it. Use the transaction only inside its body, and await every call.");
    }
}
