using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// One operation of a transaction on one partition. In the partition's silo it is carried out by a
/// method call; from another process the same object is sent in a message. It may be carried out in
/// several partitions at once, and keeps no state of them.
/// </summary>
[GenerateSerializer]
[Alias("Memento.Operation")]
internal abstract class Operation
{
    /// <summary>Prepares the operation for a message: records are sent as documents.</summary>
    public virtual void Pack(TableDefinition table)
    {
    }

    /// <summary>Does the work that is possible before the partition's gate is entered.</summary>
    public virtual void Prepare(TableDefinition table)
    {
    }

    /// <summary>Carries out an operation from a message, and makes its answer.</summary>
    public abstract ValueTask<Answer> AnswerAsync(IOperationTarget target);
}

/// <summary>An operation, with the type of its result.</summary>
[GenerateSerializer]
[Alias("Memento.Operation`1")]
internal abstract class Operation<TResult> : Operation
{
    /// <summary>The codec of the result.</summary>
    public abstract AnswerCodec<TResult> Codec { get; }

    /// <summary>
    /// Takes the locks and carries the operation out, under the gate. False if a lock was not
    /// taken: then the operation has changed nothing, and is tried again from its start when the
    /// lock is free. False, too, if it has paused (<see cref="LockTaker.Pause"/>).
    /// </summary>
    public abstract bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out TResult result);

    /// <summary>
    /// How long it waits for older transactions: not at all, but for the first operation of an
    /// attempt. A transaction that holds a lock anywhere must not wait for an older one, or the two
    /// could wait for each other.
    /// </summary>
    public virtual TimeSpan Patience => TimeSpan.Zero;

    /// <summary>The result of a patient operation that has waited in vain.</summary>
    public virtual TResult InVain => throw new InvalidOperationException("It is not patient.");

    public sealed override ValueTask<Answer> AnswerAsync(IOperationTarget target)
    {
        ValueTask<TResult> executing = target.ExecuteAsync(this);
        if (executing.IsFaulted) return ValueTask.FromException<Answer>(executing.TakeError());

        return executing.IsCompletedSuccessfully
            ? new(Codec.Encode(target.Table, executing.Result))
            : EncodeAsync(executing, target.Table);
    }

    private async ValueTask<Answer> EncodeAsync(
        ValueTask<TResult> executing, TableDefinition table)
        => Codec.Encode(table, await executing);
}

/// <summary>
/// An operation that locks the whole partition and may then read many records: where there are
/// many, it reads them after the gate was left, so that it keeps nobody waiting who needs no lock
/// of its own.
/// </summary>
internal interface IScan<TResult>
{
    /// <summary>
    /// The key space that it reads outside the gate; null: it has to be carried out under the gate.
    /// </summary>
    KeySpace? ReadsOutsideGate(PartitionTransaction transaction);

    /// <summary>Takes the lock of the partition, under the gate.</summary>
    bool TryLock(ref LockTaker locks);

    /// <summary>Reads what the transaction sees; its lock keeps this as it is.</summary>
    TResult Read(IRecordView view);
}

/// <summary>An operation that a snapshot can carry out too: it changes nothing.</summary>
internal interface ISnapshotRead<TResult>
{
    /// <summary>Whether it reads only one key or counts all.</summary>
    bool IsShort => false;

    /// <summary>Reads all at once, and takes no lock.</summary>
    TResult ReadAll(IRecordSource source);
}

/// <summary>The partition in which an operation from a message is carried out.</summary>
internal interface IOperationTarget
{
    TableDefinition Table { get; }

    ValueTask<TResult> ExecuteAsync<TResult>(Operation<TResult> operation);
}

/// <summary>
/// An operation of a writer that has to know all indexes of the table. Where they have changed, it
/// carries nothing out, and the writer sends it again with those that there are.
/// </summary>
internal interface IIndexedWrite;

/// <summary>An operation on one key, whatever its result.</summary>
internal interface IKeyOperation
{
    Key Key { get; }

    /// <summary>Whether it locks the key for writing.</summary>
    bool Writes { get; }
}

/// <summary>An operation on one key: it locks the key, present or absent.</summary>
[GenerateSerializer]
[Alias("Memento.KeyOperation`1")]
internal abstract class KeyOperation<TResult>(Key key, bool writes)
    : Operation<TResult>, IKeyOperation
{
    [NonSerialized]
    private Key? _key = key;

    [Id(0)]
    public byte[] EncodedKey { get; } = key.Bytes;

    [Id(1)]
    public bool Writes { get; } = writes;

    public Key Key => _key ??= new Key(EncodedKey);

    public sealed override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out TResult result)
    {
        KeySpace space = SpaceIn(transaction);
        if (Writes) transaction.RequireAlone(space, Key);
        if (!locks.TryTakeKey(space, Key, Writes)
            || !TryTakeMore(transaction, ref locks))
        {
            result = default!;
            return false;
        }

        return TryApplyLocked(transaction, ref locks, out result);
    }

    /// <summary>The key space of the key.</summary>
    protected virtual KeySpace SpaceIn(PartitionTransaction transaction) => KeySpace.Records;

    /// <summary>
    /// Takes the other locks that it needs; the record of the key is known by now.
    /// </summary>
    protected virtual bool TryTakeMore(PartitionTransaction transaction, ref LockTaker locks)
        => true;

    /// <summary>Carries the operation out, with all locks held; false if it has paused.</summary>
    protected virtual bool TryApplyLocked(
        PartitionTransaction transaction, ref LockTaker locks, out TResult result)
    {
        result = Apply(transaction);
        return true;
    }

    /// <summary>Carries the operation out, with all locks held.</summary>
    protected abstract TResult Apply(PartitionTransaction transaction);
}

/// <summary>The result of an operation without a result.</summary>
internal readonly record struct Done;

/// <summary>What is done with the answer of an operation.</summary>
internal static class AnswerTasks
{
    /// <summary>
    /// The error of a task that has failed, without throwing it: what is thrown at every level of
    /// the way of an operation takes longer than the operation.
    /// </summary>
    public static Exception TakeError<TResult>(this ValueTask<TResult> failed)
        => failed.AsTask().Exception!.InnerException!;
}
