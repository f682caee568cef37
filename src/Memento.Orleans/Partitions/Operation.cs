using Memento.Keys;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>
/// One thing that a transaction asks of one partition. The same object is carried out by a method
/// call in the partition's silo, and travels in a message from elsewhere; it may be carried out in
/// several partitions at once, and keeps nothing of them.
/// </summary>
[GenerateSerializer]
[Alias("Memento.Operation")]
internal abstract class Operation
{
    /// <summary>Makes the message out of it: records travel as documents.</summary>
    public virtual void Pack(TableDefinition table)
    {
    }

    /// <summary>What can be done before the partition's gate is entered.</summary>
    public virtual void Prepare(TableDefinition table)
    {
    }

    /// <summary>Carries out an operation that came in a message, and makes its answer.</summary>
    public abstract ValueTask<Answer> AnswerAsync(IOperationTarget target);
}

/// <summary>An operation, with the type of its result.</summary>
[GenerateSerializer]
[Alias("Memento.Operation`1")]
internal abstract class Operation<TResult> : Operation
{
    /// <summary>How the result travels.</summary>
    public abstract AnswerCodec<TResult> Codec { get; }

    /// <summary>
    /// Takes its locks and carries it out, under the gate. False where a lock is not there yet: it
    /// has changed nothing, and is tried again from its start when the lock is.
    /// </summary>
    public abstract bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out TResult result);

    public sealed override async ValueTask<Answer> AnswerAsync(IOperationTarget target)
        => Codec.Encode(target.Table, await target.ExecuteAsync(this));
}

/// <summary>Where operations that came in a message are carried out.</summary>
internal interface IOperationTarget
{
    TableDefinition Table { get; }

    ValueTask<TResult> ExecuteAsync<TResult>(Operation<TResult> operation);
}

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

        result = Apply(transaction);
        return true;
    }

    /// <summary>Where the key is.</summary>
    protected virtual KeySpace SpaceIn(PartitionTransaction transaction) => KeySpace.Records;

    /// <summary>Takes the locks that it needs besides, knowing what stands at the key.</summary>
    protected virtual bool TryTakeMore(PartitionTransaction transaction, ref LockTaker locks)
        => true;

    /// <summary>Carries it out with all locks held.</summary>
    protected abstract TResult Apply(PartitionTransaction transaction);
}

/// <summary>The result of an operation that has none.</summary>
internal readonly record struct Done;
