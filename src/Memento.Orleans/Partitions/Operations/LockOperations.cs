using Memento.Keys;
using Memento.Locks;

namespace Memento.Partitions.Operations;

/// <summary>Locks the partition as a part of its table.</summary>
[GenerateSerializer]
[Alias("Memento.LockPartitionOperation")]
internal sealed class LockPartitionOperation(bool writes) : Operation<Done>
{
    public override AnswerCodec<Done> Codec => AnswerCodecs.Done;

    [Id(0)]
    public bool Writes { get; } = writes;

    public override bool TryApply(
        PartitionTransaction transaction, ref LockTaker locks, out Done result)
    {
        result = default;
        return locks.TryTakePartition(Writes ? LockKind.Write : LockKind.Read);
    }
}

/// <summary>Locks a key, present or absent.</summary>
[GenerateSerializer]
[Alias("Memento.LockRecordOperation")]
internal sealed class LockRecordOperation(Key key, bool writes) : KeyOperation<Done>(key, writes)
{
    public override AnswerCodec<Done> Codec => AnswerCodecs.Done;

    protected override Done Apply(PartitionTransaction transaction) => default;
}

/// <summary>
/// Waits for the lock on a key that the last attempt of the transaction has lost, as the first
/// operation of the next one. The answer is whether it has the lock.
/// </summary>
[GenerateSerializer]
[Alias("Memento.AwaitRecordOperation")]
internal sealed class AwaitRecordOperation(Key key, bool writes, TimeSpan patience)
    : KeyOperation<bool>(key, writes)
{
    public override AnswerCodec<bool> Codec => AnswerCodecs.Flag;

    [Id(0)]
    public override TimeSpan Patience { get; } = patience;

    public override bool InVain => false;

    protected override bool Apply(PartitionTransaction transaction) => true;
}
